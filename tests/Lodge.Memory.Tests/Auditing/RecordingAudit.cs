namespace Lodge.Memory.Tests;

/// <summary>An audit that keeps what it was told.</summary>
internal sealed class RecordingAudit : IAccessAudit
{
    public List<AccessDenial> Denials { get; } = [];

    public void OnDenied(in AccessDenial denial)
    {
        lock (Denials)
            Denials.Add(denial);
    }
}
