using Lodge.Elf;

namespace Lodge.Fuzz;

/// <summary>ELF files, of which everything is asked.</summary>
internal sealed class ElfTarget : FuzzTarget
{
    // Eight bytes of packed relocations become 63 of them, in a list that grows by doubling; names of sections may be parts of
    // each other, sixteen times the table. The rest is that of exceptions, one for each question.
    private const int MostPerByte = 1024;
    private const int MostPerFile = 4 << 20;

    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        SmallElf.Create().Bytes,
        SmallElf.Create(withSections: false).Bytes,
        new SmallGuest().ToArray(),
        CoreDump(),
        .. new[] { Guests.Hello, Guests.Notes }.Select(File.ReadAllBytes),
    ];

    public override int MostBytes => 64 << 10;

    public override bool Run(byte[] input, Probe probe)
    {
        // A refusal of the whole file is one; of parts there may be many.
        bool isOpen = false;
        long most = MostPerFile + ((long)input.Length * MostPerByte);
        probe.Try<ElfException>("ElfFile", most, () =>
        {
            using ElfFile file = ElfFile.FromBytes(input);
            isOpen = true;
            Look(file, probe);
            probe.Saw("refused", (ulong)Everything.Ask(file, probe.Refused));
            CheckMemory(file);
        });
        return isOpen;
    }

    public override byte[] Mutate(Random random, byte[] input, byte[] other) => ElfMutations.Of(random, input, other, MostBytes);

    private static void Look(ElfFile file, Probe probe)
    {
        probe.Saw("type", (ulong)file.Type);
        probe.Saw("machine", (ulong)file.Machine);
        probe.Saw("segments", (ulong)file.Segments.Count);
        probe.Saw("missing", (ulong)file.MissingBytes);
        foreach (ElfSegment segment in file.Segments.Take(16))
        {
            probe.Saw("segment", (ulong)segment.Type);
            probe.Saw("rights", (ulong)segment.Flags & 7);
            probe.Saw("in file", segment.FileSize);
            probe.Saw("in memory", segment.MemorySize);
        }
    }

    /// <summary>What is said of addresses fits together, and to the file.</summary>
    private static void CheckMemory(ElfFile file)
    {
        FuzzFailureException.Require(file.MissingBytes >= 0, "Less than nothing is missing.");
        bool isLoaded = file.TryGetLoadBounds(out ElfLoadBounds bounds);
        Span<byte> memory = stackalloc byte[16];
        foreach (ElfSegment segment in file.Segments.Take(100))
        {
            if (segment.Type != ElfSegmentType.Load || segment.MemorySize == 0)
                continue;

            ulong last = segment.VirtualAddress + (segment.MemorySize - 1);
            FuzzFailureException.Require(
                isLoaded && bounds.First <= segment.VirtualAddress && last >= segment.VirtualAddress && last <= bounds.Last,
                $"{segment} lies outside of {bounds}.");
            FuzzFailureException.Require(
                file.TryFindSegment(last, out ElfSegment found) && last - found.VirtualAddress < found.MemorySize,
                $"0x{last:x} is not found, or in {found}, which does not have it.");
            if (!file.TryFindAddress(segment.VirtualAddress, out long offset, out ulong available))
                continue;

            FuzzFailureException.Require(
                offset >= 0 && available >= 1 && offset < file.Length && available <= (ulong)(file.Length - offset),
                $"0x{segment.VirtualAddress:x} is at 0x{offset:x} of {file.Length} bytes, for 0x{available:x} bytes.");
            int wanted = (int)Math.Min((ulong)memory.Length, available);
            Span<byte> bytes = new byte[wanted];
            file.ReadExactly(offset, bytes);
            FuzzFailureException.Require(
                file.ReadMemory(segment.VirtualAddress, memory[..wanted]) == wanted && bytes.SequenceEqual(memory[..wanted]),
                $"The memory at 0x{segment.VirtualAddress:x} is not what the file has at 0x{offset:x}.");
        }
    }

    private static byte[] CoreDump()
    {
        var writer = new ElfWriter(ElfType.Core, ElfMachine.X64);
        writer.AddNote("CORE", 1, new byte[336]);
        writer.AddNote("CORE", 6, new byte[32]);
        foreach (ulong address in new ulong[] { 0x40_0000, 0x7fff_0000_0000, 0xffff_ffff_ffff_f000 })
        {
            const ElfSegmentFlags Flags = ElfSegmentFlags.Read | ElfSegmentFlags.Write;
            writer.AddSegment(new ElfSegment(ElfSegmentType.Load, Flags, 0, 64, address, 0, 0x1000, 16), new byte[64]);
        }

        using var stream = new MemoryStream();
        writer.Write(stream);
        return stream.ToArray();
    }
}
