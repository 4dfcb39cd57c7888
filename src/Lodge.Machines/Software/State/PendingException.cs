namespace Lodge.Machines;

/// <summary>An exception that is to be delivered to the guest.</summary>
internal readonly record struct PendingException
{
    public PendingException(ExceptionVector vector, uint? errorCode = null)
    {
        Vector = vector;
        ErrorCode = errorCode;
    }

    public ExceptionVector Vector { get; }

    /// <summary>The error code, where the vector has one.</summary>
    public uint? ErrorCode { get; }

    /// <summary>What CR2 becomes, for a page fault.</summary>
    public ulong Address { get; init; }

    /// <summary>Whether it is one of those that make a double fault of each other.</summary>
    public bool IsContributory => Vector is ExceptionVector.DivideError
        or ExceptionVector.InvalidTss or ExceptionVector.SegmentNotPresent
        or ExceptionVector.StackFault or ExceptionVector.GeneralProtection;

    public override string ToString()
        => $"#{Vector}{(ErrorCode is { } code ? $"(0x{code:x})" : "")}"
            + (Vector == ExceptionVector.PageFault ? $" at 0x{Address:x}" : "");
}
