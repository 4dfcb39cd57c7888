namespace Lodge.Memory;

/// <summary>An access to guest memory failed, in a form that throws. The <c>Try…</c> forms give the same fault as a
/// value.</summary>
public sealed class GuestMemoryException : Exception
{
    /// <summary>The exception for <paramref name="fault"/>.</summary>
    public GuestMemoryException(AccessFault fault)
        : base(fault.ToString()) => Fault = fault;

    /// <summary>The exception with a message of the caller's and no fault.</summary>
    public GuestMemoryException(string message)
        : base(message)
    {
    }

    /// <summary>The exception with a message of the caller's, what caused it, and no fault.</summary>
    public GuestMemoryException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>An exception without facts.</summary>
    public GuestMemoryException()
        : this(default(AccessFault))
    {
    }

    /// <summary>What was wrong.</summary>
    public AccessFault Fault { get; }
}
