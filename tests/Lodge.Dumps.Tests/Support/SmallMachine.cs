namespace Lodge.Dumps.Tests;

/// <summary>A machine of 8 MiB with page tables made by hand: the root at 0x1000, other tables from 4 MiB on.</summary>
internal sealed class SmallMachine : IMemoryImage, IDisposable
{
    public const ulong Page = 4096;
    public const ulong Present = 1;
    public const ulong Writable = 2;
    public const ulong Large = 1 << 7;
    public const ulong NoExecute = 1UL << 63;
    public const ulong Root = 0x1000;

    private const ulong AddressMask = 0x000F_FFFF_FFFF_F000;
    private readonly MemoryRegion _region = MemoryRegion.Anonymous(0, 8 << 20);
    private ulong _nextTable = 4 << 20;

    public SmallMachine()
    {
        Physical = GuestMemory.Create(_region);
        State = new X64ProcessorState { Cr0 = 0x8001_0011, Cr3 = Root, Cr4 = 0x20, Efer = 0xD00, Rflags = 2 };
    }

    public GuestMemory Physical { get; }

    /// <summary>The first processor.</summary>
    public X64ProcessorState State { get; set; }

    public List<X64ProcessorState> Others { get; } = [];

    public IAddressSpace Memory => Physical;

    public IReadOnlyList<X64ProcessorState> Processors => [State, .. Others];

    /// <summary>Maps a page of 4 KiB.</summary>
    public void Map(ulong address, ulong target, ulong flags)
    {
        ulong table = Root;
        for (int shift = 39; shift > 12; shift -= 9)
        {
            ulong at = table + ((address >> shift & 511) * 8);
            if (Physical.Read<ulong>(at) == 0)
            {
                Physical.Write(at, _nextTable | Present | Writable);
                _nextTable += Page;
            }

            table = Physical.Read<ulong>(at) & AddressMask;
        }

        Physical.Write(table + ((address >> 12 & 511) * 8), target | flags | Present);
    }

    /// <summary>Maps pages, and writes bytes of their addresses to them.</summary>
    public void MapAndFill(ulong address, ulong target, int pages, ulong flags)
    {
        for (ulong i = 0; i < (ulong)pages; i++)
        {
            Map(address + (i * Page), target + (i * Page), flags);
            for (ulong word = 0; word < Page; word += 8)
                Physical.Write(target + (i * Page) + word, address + (i * Page) + word);
        }
    }

    public void Dispose() => _region.Dispose();
}
