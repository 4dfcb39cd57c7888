namespace Lodge.Memory;

/// <summary>Is told of accesses that were denied, so that somebody learns who touched what they should not have.</summary>
public interface IAccessAudit
{
    /// <summary>An access was denied.</summary>
    /// <param name="denial">What was wrong with it, and how many more there were.</param>
    /// <remarks>Called on the thread that made the access, before its caller learns of the fault, on any thread and perhaps on
    /// several at once. It should be quick. What it throws reaches the caller of the access.</remarks>
    void OnDenied(in AccessDenial denial);
}
