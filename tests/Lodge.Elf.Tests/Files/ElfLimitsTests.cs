using Xunit;

namespace Lodge.Elf.Tests;

/// <summary>Each limit refuses one more than it allows, and accepts what it allows.</summary>
public sealed class ElfLimitsTests
{
    private static readonly SmallElf Small = SmallElf.Create();

    [Fact]
    public void Defaults_AcceptAnHonestFile() => Assert.Equal(0, Everything.Ask(Small.Bytes, new ElfLimits()));

    [Fact]
    public void MostProgramHeaders() => Check(
        most => new ElfLimits { MostProgramHeaders = most }, 5, file => file.Segments, nameof(ElfLimits.MostProgramHeaders));

    [Fact]
    public void MostSections() => Check(
        most => new ElfLimits { MostSections = most }, 6, file => file.Sections, nameof(ElfLimits.MostSections));

    [Fact]
    public void MostSectionNameBytes() => Check(
        most => new ElfLimits { MostSectionNameBytes = most }, 7 + 7 + 5 + 9 + 5, file => file.Sections,
        nameof(ElfLimits.MostSectionNameBytes));

    [Fact]
    public void MostStringBytes() => Check(
        most => new ElfLimits { MostStringBytes = most }, 39, file => file.Sections, nameof(ElfLimits.MostStringBytes));

    [Fact]
    public void LongestName_OfSections() => Check(
        most => new ElfLimits { LongestName = most }, 9, file => file.Sections, nameof(ElfLimits.LongestName));

    [Fact]
    public void LongestName_OfSymbols() => Check(
        most => new ElfLimits { LongestName = most }, 6, file => file.ReadDynamicSymbols(), nameof(ElfLimits.LongestName));

    [Fact]
    public void LongestName_OfNotes() => Check(
        most => new ElfLimits { LongestName = most }, 5, file => file.Notes.ToArray(), nameof(ElfLimits.LongestName));

    [Fact]
    public void MostSymbols() => Check(
        most => new ElfLimits { MostSymbols = most }, SmallElf.SymbolCount, file => file.ReadSymbols(),
        nameof(ElfLimits.MostSymbols));

    [Fact]
    public void MostSymbols_ByHash() => Check(
        most => new ElfLimits { MostSymbols = most }, SmallElf.SymbolCount, file => file.ReadDynamicSymbols(),
        nameof(ElfLimits.MostSymbols));

    [Fact]
    public void LargestNote() => Check(
        most => new ElfLimits { LargestNote = most }, 9, file => file.Notes.ToArray(), nameof(ElfLimits.LargestNote));

    [Fact]
    public void MostNotes() => Check(
        most => new ElfLimits { MostNotes = most }, 3, file => file.Notes.ToArray(), nameof(ElfLimits.MostNotes));

    [Fact]
    public void MostNoteBytes() => Check(
        most => new ElfLimits { MostNoteBytes = most }, 48 + 32, file => file.Notes.ToArray(), nameof(ElfLimits.MostNoteBytes));

    [Fact]
    public void MostDynamicEntries() => Check(
        most => new ElfLimits { MostDynamicEntries = most }, 14, file => file.ReadDynamic(),
        nameof(ElfLimits.MostDynamicEntries));

    [Fact]
    public void MostRelocations() => Check(
        most => new ElfLimits { MostRelocations = most }, 7, file => file.ReadRelocations(), nameof(ElfLimits.MostRelocations));

    [Fact]
    public void LimitsBelowOne_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ElfLimits { MostProgramHeaders = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ElfLimits { MostSections = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ElfLimits { MostStringBytes = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ElfLimits { MostSectionNameBytes = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ElfLimits { LongestName = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ElfLimits { MostSymbols = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ElfLimits { MostSymbols = int.MaxValue });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ElfLimits { LargestNote = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ElfLimits { MostNotes = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ElfLimits { MostNoteBytes = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ElfLimits { MostDynamicEntries = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ElfLimits { MostRelocations = 0 });
    }

    [Fact]
    public void SectionNamesThatShareBytes_AreLimitedByTheirTable()
    {
        // Each of 4,000 sections has a name of its own, from another place of one string of 4,000 bytes.
        const int Count = 4_000;
        byte[] bytes = SymbolFile.Create([], [], [0]);
        int old = bytes.Length;
        Array.Resize(ref bytes, old + (Count * 64) + Count + 1);
        bytes.AsSpan(old + (Count * 64), Count).Fill((byte)'x');
        BitConverter.TryWriteBytes(bytes.AsSpan(40), (ulong)old);
        BitConverter.TryWriteBytes(bytes.AsSpan(60), (ushort)Count);
        BitConverter.TryWriteBytes(bytes.AsSpan(62), (ushort)1);
        for (int i = 0; i < Count; i++)
            BitConverter.TryWriteBytes(bytes.AsSpan(old + (i * 64)), i);

        BitConverter.TryWriteBytes(bytes.AsSpan(old + 64 + 4), (uint)ElfSectionType.StringTable);
        BitConverter.TryWriteBytes(bytes.AsSpan(old + 64 + 24), (ulong)(old + (Count * 64)));
        BitConverter.TryWriteBytes(bytes.AsSpan(old + 64 + 32), (ulong)(Count + 1));
        using var file = ElfFile.FromBytes(bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var exception = Assert.Throws<ElfException>(() => file.Sections);
        Assert.Contains("16 times", exception.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 << 20);
    }

    [Fact(SkipUnless = nameof(LinuxOnly.IsHere), SkipType = typeof(LinuxOnly), Skip = LinuxOnly.SparseFiles)]
    public void SparseFileOfATebibyte_WithTablesAsLarge_IsRefusedWithoutAllocating()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("sparse", Small.With("section[1].sh_size", 24UL << 32));
        using (FileStream writer = new(path, FileMode.Open))
            writer.SetLength(1L << 40);

        using var file = ElfFile.Open(path);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<ElfException>(file.ReadSymbols);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    private static void Check(Func<int, ElfLimits> limits, int most, Func<ElfFile, object> question, string name)
    {
        using (var file = ElfFile.FromBytes(Small.Bytes, limits(most)))
            question(file);

        var exception = Assert.Throws<ElfException>(() =>
        {
            using var file = ElfFile.FromBytes(Small.Bytes, limits(most - 1));
            question(file);
        });
        Assert.Contains($"ElfLimits.{name}", exception.Message, StringComparison.Ordinal);
    }
}
