namespace Lodge.Elf;

/// <summary>From where to where the memory of an image reaches.</summary>
/// <param name="First">The lowest address.</param>
/// <param name="Last">The highest address; its byte belongs to the image.</param>
public readonly record struct ElfLoadBounds(ulong First, ulong Last)
{
    /// <summary>The bytes from the first address to the last, holes included. All of 2^64 is
    /// <see cref="ulong.MaxValue"/>.</summary>
    public ulong Size => Last - First == ulong.MaxValue ? ulong.MaxValue : Last - First + 1;
}
