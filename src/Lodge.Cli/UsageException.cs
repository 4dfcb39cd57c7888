namespace Lodge.Cli;

/// <summary>What the user wrote cannot be so; the message says why, in a sentence.</summary>
internal sealed class UsageException(string message) : Exception(message);
