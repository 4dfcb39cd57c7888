using Xunit;

namespace Lodge.Elf.Tests;

public sealed class SegmentTests
{
    private static readonly SmallElf Small = SmallElf.Create();

    [Fact]
    public void ReadSegment_GivesFileBytesAndThenZeros()
    {
        using var file = ElfFile.FromBytes(Small.Bytes);
        ElfSegment data = file.Segments[1];
        byte[] all = new byte[1000];
        all.AsSpan().Fill(0xee);
        Assert.Equal((int)data.MemorySize, file.ReadSegment(data, 0, all));
        Assert.Equal(Small.Bytes.AsSpan((int)data.FileOffset, (int)data.FileSize), all.AsSpan(0, (int)data.FileSize));
        Assert.False(all.AsSpan((int)data.FileSize..(int)data.MemorySize).ContainsAnyExcept((byte)0));
        Assert.Equal(0xee, all[(int)data.MemorySize]);

        byte[] piece = new byte[8];
        Assert.Equal(8, file.ReadSegment(data, data.FileSize - 4, piece));
        Assert.Equal([0, 0, 0, 0], piece[4..]);
        Assert.Equal(2, file.ReadSegment(data, data.MemorySize - 2, piece));
        Assert.Equal(0, file.ReadSegment(data, data.MemorySize, piece));
        Assert.Equal(0, file.ReadSegment(data, ulong.MaxValue, piece));
    }

    [Fact]
    public void ReadSegment_ThatTheFileDoesNotHave_IsAnError()
    {
        using var file = ElfFile.FromBytes(Small.Bytes);
        var invented = new ElfSegment(ElfSegmentType.Load, 0, ulong.MaxValue, ulong.MaxValue, 0, 0, ulong.MaxValue, 0);
        Assert.Throws<ElfException>(() => file.ReadSegment(invented, 0, new byte[8]));
        Assert.Throws<ElfException>(() => file.ReadSegment(invented with { FileOffset = 0 }, 1UL << 40, new byte[8]));
    }

    [Fact]
    public void ReadMemory_GoesOnFromSegmentToSegment()
    {
        using var stream = new MemoryStream();
        var writer = new ElfWriter(ElfType.Core, ElfMachine.X64);
        writer.AddSegment(Load(0x3000, 4, 4), new byte[] { 9, 10, 11, 12 });
        writer.AddSegment(Load(0x1000, 4, 0x1000), new byte[] { 1, 2, 3, 4 });
        writer.AddSegment(Load(0x2000, 4, 4), new byte[] { 5, 6, 7, 8 });
        writer.Write(stream);
        using var file = ElfFile.FromBytes(stream.ToArray());
        byte[] buffer = new byte[0x2000];
        Assert.Equal(0x1004, file.ReadMemory(0x1000, buffer));
        Assert.Equal([1, 2, 3, 4, 0], buffer[..5]);
        Assert.Equal([0, 5, 6, 7, 8], buffer[0xfff..0x1004]);
        Assert.Equal(0, file.ReadMemory(0x2004, buffer));
        Assert.Equal(3, file.ReadMemory(0x3001, buffer));
    }

    [Fact]
    public void FindAddress_GivesPlacesInTheFile()
    {
        using var file = ElfFile.FromBytes(Small.Bytes);
        ElfSegment code = file.Segments[0];
        Assert.True(file.TryFindAddress(SmallElf.Base + 0x123, out long offset, out ulong available));
        Assert.Equal(0x123, offset);
        Assert.Equal(code.FileSize - 0x123, available);

        Assert.False(file.TryFindAddress(SmallElf.Base - 1, out _, out _));
        Assert.False(file.TryFindAddress(SmallElf.Base + code.FileSize, out _, out _));
        Assert.True(file.TryFindSegment(SmallElf.Base + code.FileSize, out ElfSegment found));
        Assert.Equal(code, found);
        Assert.False(file.TryFindSegment(SmallElf.Base + code.MemorySize, out _));
    }

    [Fact]
    public void LoadBounds_AreFromTheLowestToTheHighest()
    {
        using var file = ElfFile.FromBytes(Small.Bytes);
        Assert.True(file.TryGetLoadBounds(out ElfLoadBounds bounds));
        ElfSegment last = file.Segments[1];
        Assert.Equal(SmallElf.Base, bounds.First);
        Assert.Equal(last.VirtualAddress + last.MemorySize - 1, bounds.Last);
        Assert.Equal(bounds.Last - bounds.First + 1, bounds.Size);
        Assert.False(file.TryFindOverlap(out _, out _));
    }

    [Fact]
    public void LoadBounds_OfMemoryUpToTheLastAddress_DoNotOverflow()
    {
        using var stream = new MemoryStream();
        var writer = new ElfWriter(ElfType.Core, ElfMachine.X64);
        writer.AddSegment(Load(0, 0, 1), ReadOnlyMemory<byte>.Empty);
        writer.AddSegment(Load(ulong.MaxValue, 1, 1), new byte[] { 7 });
        writer.Write(stream);
        using var file = ElfFile.FromBytes(stream.ToArray());
        Assert.True(file.TryGetLoadBounds(out ElfLoadBounds bounds));
        Assert.Equal(new ElfLoadBounds(0, ulong.MaxValue), bounds);
        Assert.Equal(ulong.MaxValue, bounds.Size);
        byte[] buffer = new byte[4];
        Assert.Equal(1, file.ReadMemory(ulong.MaxValue, buffer));
        Assert.Equal(7, buffer[0]);
        Assert.True(file.TryFindAddress(ulong.MaxValue, out _, out ulong available));
        Assert.Equal(1UL, available);
    }

    [Fact]
    public void LoadBounds_WithoutMemory_AreNone()
    {
        using var stream = new MemoryStream();
        new ElfWriter(ElfType.Core, ElfMachine.X64).Write(stream);
        using var file = ElfFile.FromBytes(stream.ToArray());
        Assert.False(file.TryGetLoadBounds(out _));
        Assert.Equal(0, Everything.Ask(file));
    }

    [Fact]
    public void Overlap_IsFoundAndNamed()
    {
        byte[] bytes = Small.With("segment[1].p_vaddr", SmallElf.Base + 0x100 + Small.FindOffset("data[0]"));
        SmallElf.Set(bytes, Small.Find("segment[1].p_align"), 1);
        using var file = ElfFile.FromBytes(bytes);
        Assert.True(file.TryFindOverlap(out ElfSegment first, out ElfSegment second));
        Assert.Equal((file.Segments[0], file.Segments[1]), (first, second));

        // The one that starts nearest below has the address, and the other goes on behind it.
        Assert.True(file.TryFindSegment(second.VirtualAddress, out ElfSegment found));
        Assert.Equal(second, found);
        Assert.True(file.TryFindSegment(second.VirtualAddress + second.MemorySize, out found));
        Assert.Equal(first, found);
        Assert.True(file.TryFindAddress(second.VirtualAddress - 4, out _, out ulong available));
        Assert.Equal(4UL, available);
    }

    private static ElfSegment Load(ulong address, ulong fileSize, ulong memorySize)
        => new(ElfSegmentType.Load, ElfSegmentFlags.Read, 0, fileSize, address, 0, memorySize, 1);
}
