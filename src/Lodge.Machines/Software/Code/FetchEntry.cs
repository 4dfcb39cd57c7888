namespace Lodge.Machines;

/// <summary>A page that may be executed.</summary>
internal struct FetchEntry
{
    /// <summary>The guest-virtual address of the page.</summary>
    public ulong Page;

    /// <summary>The translations that it belongs to.</summary>
    public ulong Epoch;

    public CodePage? Code;

    public TranslatedCode? Owner;
}
