namespace Lodge.Dumps;

/// <summary>What was written.</summary>
/// <param name="FileBytes">How many bytes the file has; on disk it may take fewer.</param>
/// <param name="MemoryBytes">How many bytes of virtual memory are in it.</param>
/// <param name="Segments">In how many segments.</param>
/// <param name="Missing">What is not in it, as a sentence; null where all is.</param>
public sealed record CoreDumpResult(long FileBytes, long MemoryBytes, int Segments, string? Missing)
{
    /// <summary>Whether there is more memory than was written.</summary>
    public bool IsCut => Missing is not null;
}
