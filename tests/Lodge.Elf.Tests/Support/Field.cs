namespace Lodge.Elf.Tests;

/// <summary>A field in the bytes of a file.</summary>
internal readonly record struct Field(string Name, int Offset, int Size)
{
    public override string ToString() => $"{Name} at 0x{Offset:x}";
}
