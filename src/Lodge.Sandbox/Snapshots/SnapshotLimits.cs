namespace Lodge.Sandbox;

/// <summary>How many pieces snapshots have at most, those that are taken and those that are loaded: making a sandbox costs time
/// for each of them.</summary>
internal static class SnapshotLimits
{
    /// <summary>So many layers of what guests have written, and then all is copied into one.</summary>
    public const int MostWrittenLayers = 16;

    /// <summary>So many files may be mapped. With a layer for each, and another for the rest of a page, they are fewer than the
    /// slots that KVM has, and what is said of them fits into a document of a stored snapshot.</summary>
    public const int MostMappedFiles = 512;

    // Code, PEB, heap, init data.
    private const int ImageParts = 4;

    // The page tables, and the binary.
    private const int OtherFiles = 2;

    /// <summary>How many layers a snapshot may have.</summary>
    /// <param name="mappedFiles">How many files are mapped. Each has two layers at most, of whole pages and of the rest.</param>
    public static int MostLayers(int mappedFiles) => ImageParts + MostWrittenLayers + (2 * mappedFiles);

    /// <summary>How many files a stored snapshot may have, beside its two documents.</summary>
    public static int MostStoredFiles => MostLayers(MostMappedFiles) + OtherFiles;
}
