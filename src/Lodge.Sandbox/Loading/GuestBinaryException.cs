namespace Lodge.Sandbox;

/// <summary>A file cannot be loaded as a guest: the message says why.</summary>
public sealed class GuestBinaryException : Exception
{
    /// <summary>The exception with a message.</summary>
    public GuestBinaryException(string message)
        : base(message)
    {
    }

    /// <summary>The exception with a message and what caused it.</summary>
    public GuestBinaryException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>An exception without facts.</summary>
    public GuestBinaryException()
    {
    }
}
