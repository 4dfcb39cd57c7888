namespace Lodge.Cli;

/// <summary>The host lacks something; the message says what to do about it.</summary>
internal sealed class HostException(string message) : Exception(message);
