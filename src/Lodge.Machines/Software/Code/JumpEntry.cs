namespace Lodge.Machines;

/// <summary>Where an address leads in code that was translated.</summary>
internal struct JumpEntry
{
    public ulong Address;

    /// <summary>When it was found: see <see cref="Processor"/>'s stamps.</summary>
    public ulong Stamp;

    public CodeBlock? Block;
}
