namespace Lodge.Memory.Tests.Model;

/// <summary>The memory did something else than the oracle says.</summary>
internal sealed class ModelMismatchException(string message) : Exception(message);
