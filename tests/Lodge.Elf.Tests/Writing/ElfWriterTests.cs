using System.Globalization;
using Xunit;

namespace Lodge.Elf.Tests;

public sealed class ElfWriterTests
{
    [Fact]
    public void WhatIsWritten_IsReadTheSame()
    {
        var writer = new ElfWriter(ElfType.Core, ElfMachine.AArch64) { Entry = 0x1234, Flags = 7, OsAbi = 3 };
        ElfSegment[] segments =
        [
            new(ElfSegmentType.Load, ElfSegmentFlags.Read | ElfSegmentFlags.Write, 0, 5, 0x40_0123, 0x123, 0x2000, 0x1000),
            new(ElfSegmentType.Load, ElfSegmentFlags.Execute, 0, 0, 0xffff_ffff_ffff_f000, 0, 0x1000, 0x1000),
            new((ElfSegmentType)0x6123_4567, (ElfSegmentFlags)0x8000_0000, 0, 3, 0, 0, 0, 0),
            new(ElfSegmentType.Load, ElfSegmentFlags.Read, 0, 4, 0x20_0000, 0, 4, 0x20_0000),
        ];
        writer.AddNote("CORE", 1, [1, 2, 3, 4, 5]);
        writer.AddNote("", 2, []);
        writer.AddNote("LODGE", 0xffff_ffff, [9]);
        writer.AddSegment(segments[0], new byte[] { 1, 2, 3, 4, 5 });
        writer.AddSegment(segments[1], ReadOnlyMemory<byte>.Empty);
        writer.AddSegment(segments[2], stream =>
        {
            stream.WriteByte(6);
            stream.Write([7, 8], 0, 2);
        });
        writer.AddSegment(segments[3], new byte[] { 1, 2, 3, 4 });

        byte[] bytes = Write(writer);
        using var file = ElfFile.FromBytes(bytes);
        Assert.Equal((ElfType.Core, ElfMachine.AArch64), (file.Type, file.Machine));
        Assert.Equal((0x1234UL, 7U, (byte)3), (file.Entry, file.Flags, file.OsAbi));
        Assert.Equal(ElfSegmentType.Note, file.Segments[0].Type);
        Assert.Equal(segments, file.Segments.Skip(1).Select(segment => segment with { FileOffset = 0 }));
        Assert.All(file.Segments.Skip(1), segment => Assert.Equal(
            0UL, (segment.VirtualAddress - segment.FileOffset) & (Math.Max(1, segment.Alignment) - 1)));
        Assert.Equal(
            [("CORE", 1U, 5), ("", 2U, 0), ("LODGE", 0xffff_ffff, 1)],
            file.Notes.Select(note => (note.Owner, note.Type, note.Content.Length)));
        byte[] content = new byte[6];
        Assert.Equal(6, file.ReadSegment(file.Segments[1], 0, content));
        Assert.Equal([1, 2, 3, 4, 5, 0], content);
        Assert.Equal(3, file.ReadSegment(file.Segments[3], 0, content));
        Assert.Equal([6, 7, 8], content[..3]);
        Assert.Equal(0, Everything.Ask(file));

        Assert.Equal(bytes, Write(writer));
    }

    [Theory]
    [InlineData(65_533, false)]
    [InlineData(65_534, true)]
    [InlineData(70_000, true)]
    public void MoreSegmentsThanTheHeaderCounts_AreCountedInSectionHeader0(int count, bool isExtended)
    {
        var writer = new ElfWriter(ElfType.Core, ElfMachine.X64);
        writer.AddNote("CORE", 1, [1]);
        for (int i = 0; i < count; i++)
        {
            var segment = new ElfSegment(ElfSegmentType.Load, ElfSegmentFlags.Read, 0, 1, (ulong)i * 0x2000, 0, 0x1000, 1);
            writer.AddSegment(segment, new[] { (byte)i });
        }

        byte[] bytes = Write(writer);
        using var file = ElfFile.FromBytes(bytes);
        Assert.Equal(isExtended, bytes[56] == 0xff && bytes[57] == 0xff);
        Assert.Equal(count + 1, file.Segments.Count);
        Assert.Equal(isExtended ? 1 : 0, file.Sections.Count);
        byte[] one = new byte[1];
        for (int i = 0; i < count; i += 997)
        {
            Assert.Equal(1, file.ReadMemory((ulong)i * 0x2000, one));
            Assert.Equal((byte)i, one[0]);
        }
    }

    [Fact]
    public void SegmentOfFiveGibibytes_IsWrittenWithoutMemory()
    {
        const long Size = 5L << 30;
        const int Piece = 1 << 20;
        byte[] zeros = new byte[Piece];
        var writer = new ElfWriter(ElfType.Core, ElfMachine.X64);
        writer.AddNote("CORE", 1, [1]);
        writer.AddSegment(
            new ElfSegment(ElfSegmentType.Load, ElfSegmentFlags.Read, 0, (ulong)Size, 0x10_0000, 0, (ulong)Size, 0x1000),
            stream =>
            {
                for (long i = 0; i < Size; i += Piece)
                    stream.Write(zeros);
            });
        var counter = new CountingStream(0x1000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        long length = writer.Write(counter);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        Assert.Equal(counter.Count, length);
        Assert.Equal(Size + 0x1000, length);

        // The headers are those of a core of which no more was kept.
        using var file = ElfFile.FromBytes(counter.Start);
        Assert.Equal((ulong)Size, file.Segments[1].FileSize);
        Assert.Equal(Size, file.MissingBytes);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(11)]
    [InlineData(0)]
    public void ContentOfAnotherSize_IsAnError(int written)
    {
        var writer = new ElfWriter(ElfType.Core, ElfMachine.X64);
        writer.AddSegment(Load(0x1000, 10), stream => stream.Write(new byte[written]));
        var exception = Assert.Throws<InvalidOperationException>(() => Write(writer));
        Assert.Contains("segment 0", exception.Message, StringComparison.Ordinal);
        Assert.Contains(written > 10 ? "longer" : $"{10 - written} bytes before", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ContentThatIsTooLong_IsAnErrorAlsoWhereTheWriterOfItTookNoNotice()
    {
        var writer = new ElfWriter(ElfType.Core, ElfMachine.X64);
        writer.AddSegment(Load(0x1000, 4), stream =>
        {
            stream.Write(new byte[4]);
            Assert.Throws<InvalidOperationException>(() => stream.WriteByte(1));
        });
        Assert.Throws<InvalidOperationException>(() => Write(writer));
    }

    [Fact]
    public void StreamOfASegment_IsOverWhenTheSegmentIs()
    {
        Stream? kept = null;
        var writer = new ElfWriter(ElfType.Core, ElfMachine.X64);
        writer.AddSegment(Load(0x1000, 0), stream => kept = stream);
        Write(writer);
        Assert.False(kept!.CanWrite);
        Assert.Throws<ObjectDisposedException>(() => kept.Write([]));
    }

    [Fact]
    public void SegmentsThatCannotBe_AreRefused()
    {
        var writer = new ElfWriter(ElfType.Core, ElfMachine.X64);
        void Refuses(ElfSegment segment)
            => Assert.Throws<ArgumentException>(() => writer.AddSegment(segment, _ => { }));

        Refuses(Load(0x1000, 10) with { MemorySize = 9 });
        Refuses(Load(0x1000, 10) with { Alignment = 3 });
        Refuses(Load(ulong.MaxValue, 10));
        Refuses(Load(0, ulong.MaxValue));
        Refuses(Load(0, 1) with { Type = ElfSegmentType.Null });
        Assert.Throws<ArgumentException>(() => writer.AddSegment(Load(0, 3), new byte[2]));
        Assert.Throws<ArgumentException>(() => writer.AddNote("A\0B", 1, []));

        writer.AddSegment(Load(0, long.MaxValue - 0x1000), _ => { });
        writer.AddSegment(Load(0, long.MaxValue - 0x1000), _ => { });
        Assert.Throws<InvalidOperationException>(() => Write(writer));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(100_000, 0)]
    [InlineData(0, 1)]
    [InlineData(300_000, 300_000)]
    public void Holes_ReadAsTheZerosThatTheyStandFor(int before, int behind)
    {
        var random = new Random(before + behind);
        byte[] content = new byte[before + 20_000 + behind];
        random.NextBytes(content.AsSpan(before, 10_000));
        content[before + 15_000] = 1;
        using var folder = new TemporaryFolder();
        byte[][] files = new byte[2][];
        foreach (bool leavesHoles in (bool[])[false, true])
        {
            var writer = new ElfWriter(ElfType.Core, ElfMachine.X64) { LeavesHoles = leavesHoles };
            writer.AddSegment(Load(0x1000, (ulong)content.Length), content);
            writer.AddSegment(Load(0x7fff_1000, (ulong)content.Length) with { Alignment = 0x10_0000 }, content);
            writer.AddSegment(Load(0x1_0000_0000, 70_000), stream => stream.Write(new byte[70_000]));
            string path = folder.PathOf($"{leavesHoles}");
            using (FileStream stream = File.Create(path))
                Assert.Equal(writer.Write(stream), stream.Length);

            files[leavesHoles ? 1 : 0] = File.ReadAllBytes(path);
        }

        Assert.Equal(files[0], files[1]);
    }

    [Fact(SkipUnless = nameof(LinuxOnly.IsHere), SkipType = typeof(LinuxOnly), Skip = LinuxOnly.SparseFiles)]
    public void Holes_TakeNoRoomOnDisk()
    {
        const int Size = 64 << 20;
        byte[] content = new byte[Size];
        content[Size / 2] = 1;
        using var folder = new TemporaryFolder();
        var writer = new ElfWriter(ElfType.Core, ElfMachine.X64) { LeavesHoles = true };
        writer.AddSegment(Load(0x1000, Size), content);
        string path = folder.PathOf("core");
        using (FileStream stream = File.Create(path))
            Assert.Equal(Size + 0x1000, writer.Write(stream));

        Assert.Equal(Size + 0x1000, new FileInfo(path).Length);
        int blocks = int.Parse(HostProgram.Run("stat", "-c", "%b", path), CultureInfo.InvariantCulture);
        Assert.InRange(blocks * 512L, 1, 1 << 20);
        using var file = ElfFile.Open(path);
        byte[] one = new byte[3];
        file.ReadSegment(file.Segments[0], (Size / 2) - 1, one);
        Assert.Equal([0, 1, 0], one);
    }

    [Fact]
    public void Holes_OverOldBytes_AreRefused()
    {
        var writer = new ElfWriter(ElfType.Core, ElfMachine.X64) { LeavesHoles = true };
        using var stream = new MemoryStream(new byte[100_000], writable: true);
        Assert.Throws<InvalidOperationException>(() => writer.Write(stream));

        // A stream that cannot seek gets the zeros.
        var counter = new CountingStream(64);
        writer.AddSegment(Load(0x1000, 100_000), new byte[100_000]);
        Assert.Equal(writer.Write(counter), counter.Count);
    }

    private static ElfSegment Load(ulong address, ulong size)
        => new(ElfSegmentType.Load, ElfSegmentFlags.Read, 0, size, address, 0, size, 0x1000);

    private static byte[] Write(ElfWriter writer)
    {
        using var stream = new MemoryStream();
        long length = writer.Write(stream);
        Assert.Equal(stream.Length, length);
        return stream.ToArray();
    }
}
