namespace Lodge.Sandbox;

/// <summary>A guest gave up. The sandbox is poisoned.</summary>
public sealed class GuestAbortedException : SandboxException
{
    internal GuestAbortedException(string message, GuestErrorCode code, byte? vector, string text)
        : base(message)
    {
        Code = code;
        Vector = vector;
        Text = text;
    }

    /// <summary>The error's number.</summary>
    public GuestErrorCode Code { get; }

    /// <summary>The processor's exception that the guest met, where it was one: 14 is a page fault.</summary>
    public byte? Vector { get; }

    /// <summary>What the guest says of it. Bytes that are no text are replaced.</summary>
    public string Text { get; }
}
