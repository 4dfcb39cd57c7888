namespace Lodge.Machines;

/// <summary>Code for ring 0 that writes what it got to <see cref="ProbeGuest.Port"/>, and halts.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="Code">The code, which is put at <see cref="ProbeGuest.CodeAddress"/>.</param>
/// <param name="Expected">What it writes.</param>
internal sealed record ProbeProgram(string Name, byte[] Code, uint[] Expected)
{
    /// <summary>The exception or interrupt that it handles.</summary>
    public int Vector { get; init; }

    /// <summary>The handler, which is put at <see cref="ProbeGuest.HandlerAddress"/>; nothing where there is none.</summary>
    public byte[] Handler { get; init; } = [];
}
