using Lodge.Elf;

namespace Lodge.Fuzz;

/// <summary>Files that are loaded as guests, and made into the memory of a sandbox.</summary>
internal sealed class GuestTarget : FuzzTarget
{
    private const long MostImageBytes = 256 << 10;

    // The image, its pages' rights, and what ELF files take for their size.
    private const long MostAllocated = MostImageBytes + (4 << 20);
    private const int MostPerByte = 1024;

    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        new SmallGuest().ToArray(),
        new SmallGuest { Type = ElfType.Executable, Base = SandboxAddresses.Image }.ToArray(),
        .. new[] { Guests.Hello, Guests.Notes, Guests.Digest }.Select(File.ReadAllBytes),
    ];

    public override int MostBytes => 64 << 10;

    public override bool Run(byte[] input, Probe probe)
    {
        GuestImage? image = null;
        long most = MostAllocated + ((long)input.Length * MostPerByte);
        bool isLoaded = probe.Try<GuestBinaryException>("Load", most, () => image = GuestLoader.Load(input, MostImageBytes));
        if (isLoaded)
        {
            CheckParts(image!, probe);
            probe.Try<GuestBinaryException>("Symbols", most, () => CheckSymbols(image!, probe));
            CheckMemory(image!);
        }

        return isLoaded;
    }

    public override byte[] Mutate(Random random, byte[] input, byte[] other) => ElfMutations.Of(random, input, other, MostBytes);

    private static void CheckParts(GuestImage image, Probe probe)
    {
        ulong next = SandboxAddresses.Image;
        ulong pages = ((ulong)image.Bytes.Length + SandboxLayout.PageBytes - 1) / SandboxLayout.PageBytes;
        ulong end = SandboxAddresses.Image + (pages * SandboxLayout.PageBytes);
        bool hasEntry = false;
        FuzzFailureException.Require(
            image.Bytes.Length is > 0 and <= (int)MostImageBytes, $"The image has {image.Bytes.Length} bytes.");
        foreach ((GuestRange range, MemoryAccess access) in image.Parts)
        {
            const MemoryAccess Both = MemoryAccess.Write | MemoryAccess.Execute;
            FuzzFailureException.Require(
                range.Start.Value >= next && range.Length != 0
                    && range.Start.Value < end && range.Length <= end - range.Start.Value,
                $"The part {range} begins before 0x{next:x}, or ends behind 0x{end:x}.");
            FuzzFailureException.Require((access & Both) != Both, $"The part {range} can be written and executed.");
            next = range.Start.Value + range.Length;
            hasEntry |= range.Contains(image.Entry) && (access & MemoryAccess.Execute) != 0;
            probe.Saw($"part {access}", range.Length);
        }

        FuzzFailureException.Require(hasEntry, $"The guest begins at 0x{image.Entry:x}, where it has no code.");
        probe.Saw("image", (ulong)image.Bytes.Length);
    }

    private static void CheckSymbols(GuestImage image, Probe probe)
    {
        foreach (ulong address in new ulong[] { image.Entry, 0, SandboxAddresses.Image, ulong.MaxValue })
        {
            GuestLocation location = image.Symbols.Locate(address);
            FuzzFailureException.Require(
                location.Address.Value == address && location.Symbol?.Any(char.IsControl) != true,
                $"0x{address:x} is described as {location}.");
            probe.Saw(location.Symbol is null ? "no symbol" : "symbol");
        }
    }

    /// <summary>A sandbox can be laid out for it.</summary>
    private static void CheckMemory(GuestImage image)
    {
        SandboxSizes sizes = new SandboxOptions().SizesFor((ulong)image.Bytes.Length);
        using var files = new OpenedFiles([]);
        SnapshotState state = SnapshotBuilder.Build(image, sizes, [], MemoryAccess.Read, files);
        try
        {
            FuzzFailureException.Require(
                state.End <= state.Layout.Scratch.Start, $"The memory ends at {state.End}, in {state.Layout.Scratch}.");
        }
        finally
        {
            state.Release();
        }
    }
}
