namespace Lodge.Sandbox;

/// <summary>What a part of a sandbox's memory is for.</summary>
public enum SandboxRegionKind
{
    /// <summary>The guest's binary: code and data as they were linked.</summary>
    Code,

    /// <summary>The block that tells the guest where its buffers and its heap are.</summary>
    Peb,

    /// <summary>The guest's heap.</summary>
    Heap,

    /// <summary>Data that the host gave the guest at the beginning.</summary>
    InitData,

    /// <summary>Pages that an earlier run of the guest has written, as a snapshot keeps them.</summary>
    Snapshot,

    /// <summary>Buffers, page tables, and every page that the guest writes.</summary>
    Scratch,

    /// <summary>A file that the host has mapped.</summary>
    MappedFile,
}
