using Xunit;

namespace Lodge.Sandbox.Tests;

/// <summary>The page tables, bit by bit, by a walk that knows nothing of the library's.</summary>
public sealed class GuestTablesTests
{
    private const ulong Present = 1;
    private const ulong Writable = 2;
    private const ulong Accessed = 0x20;
    private const ulong Dirty = 0x40;
    private const ulong Copied = 0x200;
    private const ulong NoExecute = 1UL << 63;

    private static readonly SandboxLayout Layout = new(new SandboxSizes { Code = 0x5000, Heap = 0x3000, InitData = 1 });

    [Fact]
    public void Window_IsWritableAndNotExecutableAsAWhole()
    {
        byte[] tables = TablesOf();
        SortedDictionary<ulong, ulong> leaves = Leaves(tables, Layout);
        Assert.Equal(0x48, leaves.Count);
        for (ulong i = 0; i < 0x48; i++)
        {
            ulong entry = (0xF_FFFB_8000 + (i << 12)) | NoExecute | Dirty | Accessed | Writable | Present;
            Assert.Equal(entry, leaves[0xFFFF_FFFF_FFFB_7000 + (i << 12)]);
        }

        // The root, and three levels below it.
        Assert.Equal(4 * 4096, tables.Length);
    }

    [Theory]
    [InlineData(MemoryAccess.Read, NoExecute | Dirty | Accessed | Present)]
    [InlineData(MemoryAccess.ReadExecute, Dirty | Accessed | Present)]
    [InlineData(MemoryAccess.ReadWrite, NoExecute | Copied | Dirty | Accessed | Present)]
    [InlineData(MemoryAccess.All, Copied | Dirty | Accessed | Present)]
    public void Leaf_HasTheBitsOfItsAccess(MemoryAccess access, ulong bits)
    {
        var mapping = new GuestMapping(new GuestRange(0x7000, 0x2000), 0x12_3000, access);
        SortedDictionary<ulong, ulong> leaves = Leaves(TablesOf(mapping), Layout);
        Assert.Equal(0x48 + 2, leaves.Count);
        Assert.Equal(0x12_3000 | bits, leaves[0x7000]);
        Assert.Equal(0x12_4000 | bits, leaves[0x8000]);

        // As the guest knows what it is to copy.
        Assert.Equal((bits & Copied) != 0, (leaves[0x7000] & 0xE00) == 0x200);
    }

    [Fact]
    public void FreshImage_IsMappedToItselfAndEverythingWritableIsToBeCopied()
    {
        SnapshotState state = Build();
        Dictionary<ulong, ulong> wanted = [];
        Add(0x4000, 2, NoExecute);
        Add(0x6000, 1, 0);
        Add(0x8000, 1, NoExecute | Copied);
        Add(0x9000, 1, NoExecute | Copied);
        Add(0xA000, 3, NoExecute | Copied);
        Add(0xD000, 1, NoExecute);
        SortedDictionary<ulong, ulong> leaves = Leaves(state.Tables, state.Layout);
        Assert.Equal(0x48, leaves.Count(leaf => leaf.Key >= 0xFFFF_FFFF_FFFB_7000));
        Assert.Equal(
            wanted.OrderBy(leaf => leaf.Key).Select(leaf => $"{leaf.Key:x} {leaf.Value:x}"),
            leaves.Where(leaf => leaf.Key < 0xFFFF_FFFF_FFFB_7000).Select(leaf => $"{leaf.Key:x} {leaf.Value:x}"));

        void Add(ulong address, ulong pages, ulong bits)
        {
            for (ulong page = address; page < address + (pages << 12); page += 4096)
                wanted.Add(page, page | bits | Dirty | Accessed | Present);
        }
    }

    [Fact]
    public void Peb_IsFourPairsOfSizeAndAddress()
    {
        SnapshotState state = Build();
        SnapshotLayer layer = state.Layers[1];
        Assert.Equal(SandboxRegionKind.Peb, layer.Kind);
        Assert.Equal(new GuestRange(0x9000, 0x1000), layer.Region.Range);
        var peb = new byte[4096];
        layer.Region.GetHostSlice().CopyTo(0, peb);
        ulong[] words = [0x4000, 0xFFFF_FFFF_FFFB_7000, 0x4000, 0xFFFF_FFFF_FFFB_B000, 1, 0xD000, 0x3000, 0xA000];
        Assert.Equal([.. words.SelectMany(BitConverter.GetBytes), .. new byte[4096 - 64]], peb);
    }

    [Fact]
    public void Scratch_IsZeroButForPointersTablesAndBookkeeping()
    {
        SnapshotState state = Build();
        using var scratch = new GuestScratch(state.Layout);
        scratch.Fill(state);
        var bytes = new byte[0x48000];
        scratch.Region.GetHostSlice().CopyTo(0, bytes);
        ulong reseed = BitConverter.ToUInt64(bytes, bytes.Length - 0x28);
        Assert.Equal(1UL, reseed >> 32);

        var wanted = new byte[bytes.Length];
        HostileInput.Set(wanted, 0, 8, 8);
        HostileInput.Set(wanted, 0x4000, 8, 8);
        state.Tables.CopyTo(wanted, 0x8000);
        HostileInput.Set(wanted, wanted.Length - 0x08, 8, 0x48000);
        HostileInput.Set(wanted, wanted.Length - 0x10, 8, 0xF_FFFC_0000 + (ulong)state.Tables.Length);
        HostileInput.Set(wanted, wanted.Length - 0x18, 8, 0xE000);
        HostileInput.Set(wanted, wanted.Length - 0x20, 8, 0);
        HostileInput.Set(wanted, wanted.Length - 0x28, 8, reseed);
        Assert.Equal(wanted, bytes);
    }

    /// <summary>Page tables of the least scratch fit, and those of a large image do not.</summary>
    [Fact]
    public void TablesWithoutRoom_AreRefused()
    {
        // There is room for ten: four for the window, three for the first 2 MiB of the image, and one for each 2 MiB more.
        Assert.NotEmpty(Build(0x1F_0000).Tables);
        Assert.Equal(10 * 4096, Build(0x60_0000).Tables.Length);
        Assert.Contains("no room", Assert.Throws<ArgumentException>(() => Build(0x80_0000)).Message, StringComparison.Ordinal);

        static SnapshotState Build(ulong heap)
            => SnapshotBuilder.Build(
                Image(),
                new SandboxSizes { Code = 0x5000, Heap = heap, Scratch = 0x10000, Input = 0x2000, Output = 0x2000 },
                [],
                MemoryAccess.Read,
                new OpenedFiles([]));
    }

    private static SnapshotState Build()
        => SnapshotBuilder.Build(
            Image(),
            new SandboxSizes { Code = 0x5000, Heap = 0x3000, InitData = 1 },
            [0x77],
            MemoryAccess.Read,
            new OpenedFiles([]));

    /// <summary>Two pages to read, one of code, one without rights, one to write.</summary>
    private static GuestImage Image() => new()
    {
        Bytes = new byte[0x4010],
        Entry = 0x6000,
        Symbols = new GuestSymbols(default, 0),
        Parts =
        [
            (new GuestRange(0x4000, 0x2000), MemoryAccess.Read),
            (new GuestRange(0x6000, 0x1000), MemoryAccess.ReadExecute),
            (new GuestRange(0x8000, 0x1000), MemoryAccess.ReadWrite),
        ],
    };

    /// <summary>Every leaf by its address; entries above the leaves are checked on the way.</summary>
    private static SortedDictionary<ulong, ulong> Leaves(byte[] tables, SandboxLayout layout)
    {
        var leaves = new SortedDictionary<ulong, ulong>();
        var seen = new HashSet<ulong>();
        Walk(layout.PageTables.Value, 39, 0);
        Assert.Equal(tables.Length, seen.Count * 4096);
        return leaves;

        void Walk(ulong table, int shift, ulong address)
        {
            Assert.True(seen.Add(table), "A table is used twice.");
            for (ulong i = 0; i < 512; i++)
            {
                ulong entry = BitConverter.ToUInt64(tables, (int)(table - layout.PageTables.Value + (8 * i)));
                if (entry == 0)
                    continue;

                ulong next = address | (i << shift);
                if (shift == 39 && i >= 256)
                    next |= 0xFFFF_0000_0000_0000;

                if (shift == 12)
                {
                    leaves.Add(next, entry);
                    continue;
                }

                Assert.Equal(Accessed | Writable | Present, entry & ~0x000F_FFFF_FFFF_F000UL);
                Walk(entry & 0x000F_FFFF_FFFF_F000, shift - 9, next);
            }
        }
    }

    private static byte[] TablesOf(params ReadOnlySpan<GuestMapping> mappings)
    {
        var tables = new GuestTables(Layout);
        foreach (GuestMapping mapping in mappings)
            tables.Map(mapping);

        return tables.ToArray();
    }
}
