namespace Lodge.Memory;

/// <summary>What a handle that is to be mapped stands for.</summary>
internal enum FileKind
{
    /// <summary>A file on disk.</summary>
    Disk,

    /// <summary>A nameless file in memory.</summary>
    SharedMemory,

    /// <summary>A device.</summary>
    Device,
}
