namespace Lodge.Elf.Tests;

/// <summary>Asks a file everything that can be asked, as somebody would who trusts nothing but
/// <see cref="ElfException"/>.</summary>
internal static class Everything
{
    /// <summary>How many questions were refused.</summary>
    /// <remarks>Each is asked by itself: a broken table must not keep the others from being tried.</remarks>
    public static int Ask(ReadOnlyMemory<byte> bytes, ElfLimits? limits = null)
    {
        try
        {
            using ElfFile file = ElfFile.FromBytes(bytes, limits);
            return Ask(file);
        }
        catch (ElfException)
        {
            return 1;
        }
    }

    /// <param name="file">The file.</param>
    /// <param name="onRefusal">Hears of each refusal.</param>
    /// <returns>How many questions were refused.</returns>
    public static int Ask(ElfFile file, Action<ElfException>? onRefusal = null)
    {
        byte[] buffer = new byte[256];
        int refused = 0;
        void Try(Action question)
        {
            try
            {
                question();
            }
            catch (ElfException refusal)
            {
                refused++;
                onRefusal?.Invoke(refusal);
            }
        }

        file.TryGetLoadBounds(out ElfLoadBounds bounds);
        file.TryFindOverlap(out _, out _);
        ulong[] addresses = [0, 1, file.Entry, bounds.First, bounds.Last, ulong.MaxValue - 7, ulong.MaxValue];
        foreach (ulong address in addresses)
        {
            file.TryFindSegment(address, out _);
            if (file.TryFindAddress(address, out long offset, out ulong available))
                file.ReadExactly(offset, buffer.AsSpan(0, (int)Math.Min(available, (ulong)buffer.Length)));

            Try(() => file.ReadMemory(address, buffer));
        }

        foreach (ElfSegment segment in file.Segments.Take(100))
        {
            ulong[] offsets = [0, 1, segment.FileSize - 1, segment.FileSize, segment.MemorySize - 1, segment.Size, ~0UL];
            foreach (ulong offset in offsets)
                Try(() => file.ReadSegment(segment, offset, buffer));
        }

        Try(() => _ = file.Sections.ToArray());
        Try(() => _ = file.Notes.ToArray());
        Try(() => file.ReadDynamic());
        Try(() => file.ReadRelocations());
        Try(() => Ask(file.ReadSymbols()));
        Try(() => Ask(file.ReadDynamicSymbols()));
        return refused;
    }

    private static void Ask(ElfSymbolTable symbols)
    {
        foreach (ElfSymbol symbol in symbols.Take(100))
        {
            symbols.TryFind(symbol.Name, out _);
            symbols.Describe(symbol.Address);
            symbols.Describe(unchecked(symbol.Address + symbol.Size - 1));
        }

        symbols.Describe(0);
        symbols.Describe(ulong.MaxValue);
    }
}
