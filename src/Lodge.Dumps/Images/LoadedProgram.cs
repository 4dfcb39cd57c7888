namespace Lodge.Dumps;

/// <summary>Where the program lies whose file a debugger is given beside the dump. By this it finds out how far a
/// position-independent program was moved.</summary>
public sealed record LoadedProgram
{
    /// <summary>The file's name, of which a dump keeps the first 15 bytes; null where it has none. gdb warns of a file that is
    /// called otherwise.</summary>
    public string? Name { get; init; }

    /// <summary>The guest-virtual address where it begins: <c>e_entry</c>, and by how much it was moved.</summary>
    public required GuestAddress Entry { get; init; }

    /// <summary>The guest-virtual address of its program headers; null where they are not in memory.</summary>
    public GuestAddress? ProgramHeaders { get; init; }

    /// <summary>How many program headers it has.</summary>
    public int ProgramHeaderCount { get; init; }
}
