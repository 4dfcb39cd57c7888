using System.Runtime.InteropServices;

namespace Lodge.Sandbox;

/// <summary>Builds the page tables of a sandbox: four levels and pages of 4 KiB, of which those that the guest may write are
/// mapped for reading, with a mark by which the guest's fault handler knows that it is to copy them.</summary>
/// <remarks>Entries have the accessed and dirty bits set from the beginning, so that no processor writes to the tables. The
/// tables lie one behind the other, the root first; more of them than there may be are an error, whoever wants them.</remarks>
internal sealed class GuestTables
{
    /// <summary>How many entries a table has.</summary>
    public const int EntryCount = 512;

    /// <summary>The level of the root; 1 has the pages.</summary>
    public const int Levels = 4;

    /// <summary>The bits of the system's own.</summary>
    public const ushort CopyOnWriteField = 7;

    /// <summary>Their value, bit 9 of an entry, that marks a page to be copied when it is written.</summary>
    public const ushort CopyOnWrite = 1;

    private const int PageShift = 12;
    private const int LevelBits = 9;
    private const int FirstTables = 16;

    // For guests whose addresses lie far from each other.
    private const ulong SpareTables = 256;
    private const ulong AddressMask = 0x000F_FFFF_FFFF_F000;
    private const ulong AreaBytes = SandboxLayout.PageBytes * EntryCount;

    private readonly SandboxLayout _layout;
    private ulong[] _words = new ulong[FirstTables * EntryCount];
    private int _count = 1;

    // The table of pages that was used last, and the addresses that it is for.
    private ulong _area = ulong.MaxValue;
    private int _areaTable;

    /// <summary>Tables that map the window to scratch, and nothing else yet.</summary>
    public GuestTables(SandboxLayout layout)
    {
        _layout = layout;
        ulong room = (ulong)RoomFor(layout);
        ulong enough = (2 * (layout.Image.Length + layout.Scratch.Length) / AreaBytes) + SpareTables;
        MostTables = (int)Math.Min(room, enough);
        MapAs(layout.Window, layout.Scratch.Start, Encode(MemoryAccess.ReadWrite, softwareBits: 0));
    }

    /// <summary>The format, by which the tables of guests are read too.</summary>
    public static PageTableFormat Format { get; } = PageTableFormat.X64(new X64Options { UserTables = false });

    /// <summary>How many tables a layout's scratch has room for.</summary>
    public static int RoomFor(SandboxLayout layout) => (int)((layout.FreeEnd - layout.PageTables) / SandboxLayout.PageBytes);

    /// <summary>How many tables there may be: what scratch has room for, and no more than map all of the guest's memory twice,
    /// and 256.</summary>
    public int MostTables { get; }

    /// <summary>Maps pages.</summary>
    /// <exception cref="ArgumentException">Scratch has no room for the tables.</exception>
    public void Map(in GuestMapping mapping) => MapAs(mapping.Range, mapping.Target, EntryFor(mapping.Access));

    /// <summary>Maps a page by its entry.</summary>
    /// <param name="address">The guest-virtual address.</param>
    /// <param name="entry">One of <see cref="EntryFor"/>, with the guest-physical address.</param>
    /// <exception cref="ArgumentException">Scratch has no room for the tables.</exception>
    public void Map(ulong address, ulong entry)
    {
        ulong area = address & ~(AreaBytes - 1);
        if (area != _area)
        {
            _areaTable = FindTable(address);
            _area = area;
        }

        _words[(_areaTable * EntryCount) + IndexOf(address, level: 1)] = entry;
    }

    /// <summary>The entry for a page at address 0 that the guest may use so.</summary>
    public static ulong EntryFor(MemoryAccess access)
        => (access & MemoryAccess.Write) == 0
            ? Encode(access, softwareBits: 0)
            : Encode(access & ~MemoryAccess.Write, CopyOnWrite);

    /// <summary>What the guest may do with a page of its own tables: to write it, or to have it copied when it does.</summary>
    public static MemoryAccess AccessOf(ulong entry)
    {
        PageAttributes attributes = Format.AttributesOf(1, entry);
        bool isCopied = (attributes.SoftwareBits & CopyOnWriteField) == CopyOnWrite;
        return attributes.Rights.Supervisor | (isCopied ? MemoryAccess.Write : MemoryAccess.None);
    }

    /// <summary>An entry without its address.</summary>
    public static ulong WithoutAddress(ulong entry) => entry & ~AddressMask;

    /// <summary>The tables, as they lie from the layout's <see cref="SandboxLayout.PageTables"/> on.</summary>
    public byte[] ToArray() => MemoryMarshal.AsBytes(_words.AsSpan(0, _count * EntryCount)).ToArray();

    private static ulong Encode(MemoryAccess access, ushort softwareBits)
    {
        PageAttributes attributes = Format.OrdinaryPage(new PageRights(access, MemoryAccess.None)) with
        {
            SoftwareBits = softwareBits,
        };
        return Format.TryEncodePage(1, 0, attributes, out ulong entry)
            ? entry
            : throw new ArgumentException($"There are no pages that allow {access}.");
    }

    private void MapAs(GuestRange range, GuestAddress target, ulong entry)
    {
        for (ulong done = 0; done < range.Length; done += SandboxLayout.PageBytes)
            Map(range.Start.Value + done, entry | (target.Value + done));
    }

    /// <summary>The table with the entry of a page; made, with those above it, where it is not there.</summary>
    private int FindTable(ulong address)
    {
        int table = 0;
        for (int level = Levels; level > 1; level--)
        {
            int at = (table * EntryCount) + IndexOf(address, level);
            if (_words[at] == 0)
            {
                int made = Make();
                Format.TryEncodeTable(level, AddressOf(made), out _words[at]);
            }

            table = (int)(((_words[at] & AddressMask) - _layout.PageTables.Value) / SandboxLayout.PageBytes);
        }

        return table;
    }

    private int Make()
    {
        if (_count >= MostTables)
        {
            throw new ArgumentException(
                $"Scratch of 0x{_layout.Scratch.Length:x} bytes has no room for more than {MostTables} page tables.");
        }

        if ((_count + 1) * EntryCount > _words.Length)
            Array.Resize(ref _words, _words.Length * 2);

        return _count++;
    }

    private GuestAddress AddressOf(int table) => _layout.PageTables + ((ulong)table * SandboxLayout.PageBytes);

    private static int IndexOf(ulong address, int level)
        => (int)(address >> (PageShift + (LevelBits * (level - 1)))) & (EntryCount - 1);
}
