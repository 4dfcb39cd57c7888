namespace Lodge.Memory;

/// <summary>A space that has somebody to tell of denied accesses.</summary>
internal interface IAudited
{
    /// <summary>Who is told; null where nobody is.</summary>
    AccessAuditor? Auditor { get; }
}
