namespace Lodge.Sandbox;

/// <summary>A guest gave up. The sandbox is poisoned.</summary>
public sealed class GuestAbortedException : GuestStoppedException
{
    internal GuestAbortedException(string message, GuestErrorCode code, byte? vector, string text, GuestPosition position)
        : base(message, position.Location)
    {
        Code = code;
        Vector = vector;
        Text = text;
        FaultAddress = position.FaultAddress;
    }

    /// <summary>The error's number.</summary>
    public GuestErrorCode Code { get; }

    /// <summary>The processor's exception that the guest met, where it was one: 14 is a page fault.</summary>
    public byte? Vector { get; }

    /// <summary>The guest-virtual address that it could not access, where it was a page fault: CR2.</summary>
    public GuestAddress? FaultAddress { get; }

    /// <summary>What the guest says of it. Bytes that are no text are replaced.</summary>
    public string Text { get; }
}
