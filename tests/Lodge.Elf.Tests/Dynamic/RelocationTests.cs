using Xunit;

namespace Lodge.Elf.Tests;

public sealed class RelocationTests
{
    private const ulong Base = SmallElf.Base;

    private static readonly SmallElf Small = SmallElf.Create();

    private static ulong Data => Small.FindOffset("data[0]");

    [Fact]
    public void Relocations_OfAllTables_AreReadInOrder()
    {
        using var file = ElfFile.FromBytes(Small.Bytes);
        ulong memory = Base + 0x10000 + Data;
        Assert.Equal(
            [
                new ElfRelocation(Base + Data, ElfRelocationType.Relative, 0, 0x1234),
                new ElfRelocation(Base + Data + 8, ElfRelocationType.GlobDat, 5, -1),
                new ElfRelocation(Base + Data + 16, ElfRelocationType.JumpSlot, 5, 0),
                new ElfRelocation(memory, ElfRelocationType.Relative, 0, 0x100),
                new ElfRelocation(memory + 8, ElfRelocationType.Relative, 0, 0x101),
                new ElfRelocation(memory + 24, ElfRelocationType.Relative, 0, 0x103),
                new ElfRelocation(memory + 0x80, ElfRelocationType.Relative, 0, 0),
            ],
            file.ReadRelocations());
        Assert.Equal("import", file.ReadDynamicSymbols()[5].Name);
        Assert.False(file.ReadDynamicSymbols()[5].IsDefined);
    }

    [Fact]
    public void PltRelocations_InsideOfTheOthers_AreNotReadTwice()
    {
        using var file = ElfFile.FromBytes(Small.With("DT_RELASZ", 72));
        Assert.Equal(7, file.ReadRelocations().Count);
    }

    [Fact]
    public void PackedRelocations_HaveTheTypeOfTheMachine()
    {
        using var file = ElfFile.FromBytes(Small.With("e_machine", (ulong)ElfMachine.AArch64));
        Assert.Equal(1027U, file.ReadRelocations()[^1].Type);
        using var unknown = ElfFile.FromBytes(Small.With("e_machine", 0xabcd));
        Assert.Throws<ElfException>(unknown.ReadRelocations);
    }

    [Theory]
    [InlineData("DT_RELAENT.tag", 17, "has DT_REL;")]
    [InlineData("DT_RELAENT", 16, "RelaEntrySize is 16; allowed is 24")]
    [InlineData("DT_RELASZ", 47, "no multiple of 24")]
    [InlineData("DT_RELASZ", 0xffff_ffff_ffff_fff0, "more than 1048576 relocations")]
    [InlineData("DT_RELASZ", 48_000, "0xbb80 bytes")]
    [InlineData("DT_RELASZ.tag", 0x123, "has Rela but no RelaSize")]
    [InlineData("DT_RELA", 0, "at the address 0x0")]
    [InlineData("DT_RELA", ulong.MaxValue, "at the address 0xffffffffffffffff")]
    [InlineData("DT_PLTREL", 17, "DT_PLTREL is 17; allowed is 7")]
    [InlineData("DT_RELRSZ", 7, "no multiple of 8")]
    [InlineData("DT_SYMENT.tag", 37, "RelrEntrySize is 24; allowed is 8")]
    [InlineData("DT_HASH.tag", 7, "more than one entry Rela")]
    [InlineData("relr[0]", 1, "begins with the bitmap 0x1")]
    [InlineData("relr[0]", 0x1000, "packed relocation at the address 0x1000")]
    [InlineData("relr[1]", ulong.MaxValue, "does not lie in a PT_LOAD segment")]
    [InlineData("relr[2]", ulong.MaxValue - 1, "packed relocation at the address 0xfffffffffffffffe")]
    [InlineData("DT_NULL.tag", 1, "ends without DT_NULL")]
    public void RelocationsThatCannotBe_AreRefusedWithTheirEntryAndValue(string field, ulong value, string message)
    {
        using var file = ElfFile.FromBytes(Small.With(field, value));
        var exception = Assert.Throws<ElfException>(file.ReadRelocations);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TwoDynamicTables_AreRefused()
    {
        using var file = ElfFile.FromBytes(Small.With("segment[4].p_type", (ulong)ElfSegmentType.Dynamic));
        Assert.Throws<ElfException>(file.ReadDynamic);
    }

    [Fact]
    public void FileWithoutDynamicTable_HasNoRelocations()
    {
        using var file = ElfFile.FromBytes(Small.With("segment[2].p_type", 0));
        Assert.Empty(file.ReadDynamic());
        Assert.Empty(file.ReadRelocations());
        Assert.Empty(file.ReadDynamicSymbols());
    }
}
