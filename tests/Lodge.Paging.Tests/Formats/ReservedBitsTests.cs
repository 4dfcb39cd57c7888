using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Each bit that a manual reserves makes an entry malformed; every other leaves it what it is.</summary>
public sealed class ReservedBitsTests
{
    private static readonly X64Options X64 = X64Options.Default;
    private static readonly EptOptions Ept = EptOptions.Default;
    private static readonly AArch64Stage1Options Stage1 = new();
    private static readonly RiscVOptions RiscV = RiscVOptions.Default;

    // A name, the format, a level, a good entry, the bits that are reserved, and those that make it another kind.
    public static TheoryData<string, PageTableFormat, int, ulong, ulong, ulong> Entries
    {
        get
        {
            var data = new TheoryData<string, PageTableFormat, int, ulong, ulong, ulong>();
            AddX64(data);
            AddEpt(data);
            AddAArch64(data);
            AddRiscV(data);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Entries), DisableDiscoveryEnumeration = true)]
    public void EachBit_IsReservedWhereTheManualSays(
        string name, PageTableFormat format, int level, ulong good, ulong reserved, ulong structural)
    {
        EntryKind kind = format.KindOf(level, good);
        Assert.True(kind is EntryKind.Page or EntryKind.Table, $"{name}: {kind}");
        for (int bit = 0; bit < 64; bit++)
        {
            ulong one = 1UL << bit;
            if (((structural | good) & one) != 0)
                continue;

            EntryKind expected = (reserved & one) != 0 ? EntryKind.Malformed : kind;
            Assert.Equal($"{name}, bit {bit}: {expected}", $"{name}, bit {bit}: {format.KindOf(level, good | one)}");
        }
    }

    private static void AddX64(TheoryData<string, PageTableFormat, int, ulong, ulong, ulong> data)
    {
        PageTableFormat four = PageTableFormat.X64(X64);
        PageTableFormat narrow = PageTableFormat.X64(X64 with { PhysicalAddressBits = 36 });
        PageTableFormat bare = PageTableFormat.X64(X64 with { NoExecute = false, GigabytePages = false, FiveLevels = true });
        data.Add("PTE", four, 1, 0x1063, 0, 0);
        data.Add("PDE of a page", four, 2, 0x20_00e3, 0x001f_e000, 0);
        data.Add("PDPTE of a page", four, 3, 0x4000_00e3, 0x3fff_e000, 0);
        data.Add("PDE", four, 2, 0x1063, 0, 0x80);
        data.Add("PDPTE", four, 3, 0x1063, 0, 0x80);
        data.Add("PML4E", four, 4, 0x1063, 0x80, 0);
        data.Add("PML5E", PageTableFormat.X64FiveLevels, 5, 0x1063, 0x80, 0);
        data.Add("PTE, 36 bits", narrow, 1, 0x1063, 0x000f_fff0_0000_0000, 0);
        data.Add("PDE of a page, 36 bits", narrow, 2, 0x20_00e3, 0x000f_fff0_001f_e000, 0);
        data.Add("PML4E, 36 bits", narrow, 4, 0x1063, 0x000f_fff0_0000_0080, 0);
        data.Add("PTE without NX", bare, 1, 0x1063, 1UL << 63, 0);
        data.Add("PDE without NX", bare, 2, 0x1063, 1UL << 63, 0x80);
        data.Add("PDPTE without NX and 1 GiB", bare, 3, 0x1063, (1UL << 63) | 0x80, 0);
        data.Add("PML5E without NX", bare, 5, 0x1063, (1UL << 63) | 0x80, 0);
    }

    // Of the memory types, 1, 4 exist next to 0, and 2 does not: bit 4.
    private static void AddEpt(TheoryData<string, PageTableFormat, int, ulong, ulong, ulong> data)
    {
        PageTableFormat four = PageTableFormat.Ept(Ept);
        PageTableFormat full = PageTableFormat.Ept(Ept with { AccessedDirty = true, ModeBasedExecute = true });
        PageTableFormat narrow = PageTableFormat.Ept(
            Ept with { PhysicalAddressBits = 39, GigabytePages = false, FiveLevels = true });
        data.Add("EPT PTE", four, 1, 0x1007, 0x10, 0);
        data.Add("EPT PTE, write-back", four, 1, 0x1037, 0x08, 0);
        data.Add("EPT PDE of a page", four, 2, 0x20_0087, 0x001f_f010, 0);
        data.Add("EPT PDPTE of a page", four, 3, 0x4000_0087, 0x3fff_f010, 0);
        data.Add("EPT PDE", four, 2, 0x1007, 0x78, 0x80);
        data.Add("EPT PDPTE", four, 3, 0x1007, 0x78, 0x80);
        data.Add("EPT PML4E", four, 4, 0x1007, 0xf8, 0);
        data.Add("EPT PML5E", PageTableFormat.EptFiveLevels, 5, 0x1007, 0xf8, 0);
        data.Add("EPT PTE, everything on", full, 1, 0x1007, 0x10, 0);
        data.Add("EPT PDE, everything on", full, 2, 0x1007, 0x78, 0x80);
        data.Add("EPT PTE, 39 bits", narrow, 1, 0x1007, 0x000f_ff80_0000_0010, 0);
        data.Add("EPT PDPTE, 39 bits, without 1 GiB", narrow, 3, 0x1007, 0x000f_ff80_0000_00f8, 0);
        data.Add("EPT PML5E, 39 bits", narrow, 5, 0x1007, 0x000f_ff80_0000_00f8, 0);
    }

    // Nothing but addresses that are too large; what is RES0 besides, processors do not look at.
    private static void AddAArch64(TheoryData<string, PageTableFormat, int, ulong, ulong, ulong> data)
    {
        PageTableFormat narrow = PageTableFormat.AArch64Stage1(Stage1 with { OutputBits = 40 });
        PageTableFormat wide = PageTableFormat.AArch64Stage1(Stage1 with { WideAddresses = true, OutputBits = 48 });
        AArch64Stage1Options large = Stage1 with { Granule = AArch64Granule.Size64K, WideAddresses = true };
        PageTableFormat large48 = PageTableFormat.AArch64Stage1(large with { OutputBits = 48 });
        PageTableFormat large50 = PageTableFormat.AArch64Stage1(large with { OutputBits = 50 });
        PageTableFormat second = PageTableFormat.AArch64Stage2(new AArch64Stage2Options { OutputBits = 40 });
        data.Add("page", PageTableFormat.AArch64Stage1(Stage1), 1, 0x4123_4403, 0, 0);
        data.Add("block", PageTableFormat.AArch64Stage1(Stage1), 2, 0x4000_0401, 0, 2);
        data.Add("table", PageTableFormat.AArch64Stage1(Stage1), 4, 0x4123_4003, 0, 0);
        data.Add("page, 40 bits", narrow, 1, 0x4123_4403, 0x0000_ff00_0000_0000, 0);
        data.Add("block, 40 bits", narrow, 3, 0x4000_0401, 0x0000_ff00_0000_0000, 2);
        data.Add("table, 40 bits", narrow, 2, 0x4123_4003, 0x0000_ff00_0000_0000, 0);
        data.Add("page, 48 of 52 bits", wide, 1, 0x4123_4403, 0x0003_0000_0000_0300, 0);
        data.Add("block, 48 of 52 bits", wide, 4, 0x80_0000_0401, 0x0003_0000_0000_0300, 2);
        data.Add("table, 48 of 52 bits", wide, 2, 0x4123_4003, 0x0003_0000_0000_0300, 0);
        data.Add("page of 64 KiB, 48 of 52 bits", large48, 1, 0x4123_0403, 0xf000, 0);
        data.Add("page of 64 KiB, 50 of 52 bits", large50, 1, 0x4123_0403, 0xc000, 0);
        data.Add("table of 64 KiB, 50 of 52 bits", large50, 2, 0x4123_0003, 0xc000, 0);
        data.Add("stage 2 page, 40 bits", second, 1, 0x4123_44c3, 0x0000_ff00_0000_0000, 0);
        data.Add("stage 2 table, 40 bits", second, 3, 0x4123_4003, 0x0000_ff00_0000_0000, 0);
    }

    // In a table's entry R or X would make a page of it, and W alone is reserved, as are U, A and D.
    private static void AddRiscV(TheoryData<string, PageTableFormat, int, ulong, ulong, ulong> data)
    {
        PageTableFormat plain = PageTableFormat.RiscV(RiscV);
        PageTableFormat types = PageTableFormat.RiscV(RiscV with { MemoryTypes = true, Mode = RiscVMode.Sv57 });
        PageTableFormat narrow = PageTableFormat.RiscV(RiscV with { PhysicalAddressBits = 44, GuestStage = true });
        data.Add("Sv39 page", plain, 1, 0x2008_0003, 0xffc0_0000_0000_0000, 0);
        data.Add("Sv39 page of 2 MiB", plain, 2, 0x2008_0003, 0xffc0_0000_0007_fc00, 0);
        data.Add("Sv39 page of 1 GiB", plain, 3, 0x2000_0003, 0xffc0_0000_0fff_fc00, 0);
        data.Add("Sv39 table", plain, 2, 0x2008_0001, 0xffc0_0000_0000_00d4, 0xa);
        data.Add("Sv57 page, Svpbmt", types, 1, 0x2008_0003, 0x9fc0_0000_0000_0000, 0);
        data.Add("Sv57 page of NC memory, Svpbmt", types, 1, 0x2000_0000_2008_0003, 0xdfc0_0000_0000_0000, 0);
        data.Add("Sv57 page of 256 TiB, Svpbmt", types, 5, 0x3, 0x9fc0_3fff_ffff_fc00, 0);
        data.Add("Sv57 table, Svpbmt", types, 5, 0x2008_0001, 0xffc0_0000_0000_00d4, 0xa);
        data.Add("Sv39x4 page, 44 bits", narrow, 1, 0x2008_0013, 0xffff_fc00_0000_0000, 0);
        data.Add("Sv39x4 table, 44 bits", narrow, 3, 0x2008_0001, 0xffff_fc00_0000_00d4, 0xa);
    }
}
