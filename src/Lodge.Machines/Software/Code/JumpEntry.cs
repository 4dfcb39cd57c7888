namespace Lodge.Machines;

/// <summary>Where an address leads in code that was translated.</summary>
internal struct JumpEntry
{
    public ulong Address;

    /// <summary>The translations, and the run, that it was found in.</summary>
    public ulong Stamp;

    /// <summary>The translations that it was found in.</summary>
    public ulong Epoch;

    public CodeBlock? Block;
}
