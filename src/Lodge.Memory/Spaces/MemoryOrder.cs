namespace Lodge.Memory;

/// <summary>What an atomic load or store promises about the accesses around it.</summary>
public enum MemoryOrder
{
    /// <summary>One order of all such accesses, the same for everybody. The strongest, and what is meant where nothing is
    /// said.</summary>
    SequentiallyConsistent,

    /// <summary>For loads: what follows is not done before. For stores the same as <see cref="Release"/>.</summary>
    Acquire,

    /// <summary>For stores: what precedes is done before. For loads the same as <see cref="Acquire"/>.</summary>
    Release,

    /// <summary>Only that the access is not torn, and done each time.</summary>
    Relaxed,
}
