using Lodge.Elf;
using Xunit;

namespace Lodge.Sandbox.Tests;

public sealed class GuestLoaderTests
{
    private const long MostBytes = 1 << 20;
    private const ElfSegmentFlags Read = ElfSegmentFlags.Read;
    private const ElfSegmentFlags Write = ElfSegmentFlags.Write;
    private const ElfSegmentFlags Execute = ElfSegmentFlags.Execute;

    /// <summary>Files that are no guests, and a part of what is said of them.</summary>
    private static readonly Dictionary<string, (SmallGuest File, string Why)> Refused = new()
    {
        ["for AArch64"] = (new() { Machine = ElfMachine.AArch64 }, "for AArch64"),
        ["for RISC-V"] = (new() { Machine = ElfMachine.RiscV }, "for RiscV"),
        ["for no machine"] = (new() { Machine = 0 }, "and guests are for x86-64"),
        ["relocatable"] = (new() { Type = ElfType.Relocatable }, "Relocatable"),
        ["core dump"] = (new() { Type = ElfType.Core }, "Core"),
        ["of type 0"] = (new() { Type = 0 }, "type"),
        ["interpreter"] = (With(ElfSegmentType.Interpreter, Read, 0, [0x2f, 0x78, 0]), "-static-pie"),

        ["linked to 0"] = (Linked(0), "linked to 0x0"),
        ["linked to 0x3000"] = (Linked(0x3000), "linked to 0x3000"),
        ["linked to 0x3fff"] = (Linked(0x3fff), "linked to 0x3000"),
        ["linked too far"] = (Linked(0x4000 + 0x10_0000 - 0x3800 + 1), "more than"),
        ["linked to 4 GiB"] = (Linked(1UL << 32), "more than"),
        ["linked to the kernel's half"] = (Linked(0xFFFF_8000_0000_0000), "more than"),
        ["linked to the end"] = (Linked(0xFFFF_FFFF_FFFF_8000), "more than"),

        ["huge zeros"] = (new() { DataSize = 1UL << 40 }, "more than"),
        ["zeros up to the end"] = (new() { DataSize = ulong.MaxValue - SmallGuest.DataAt }, "more than"),
        ["a byte too many"] = (new() { DataSize = 0x10_0000 - SmallGuest.DataAt + 1 }, "more than"),
        ["segments far apart"] = (With(ElfSegmentType.Load, Read, 1UL << 47, [1]), "more than"),

        ["writable code"] = (new() { CodeFlags = Read | Write | Execute }, "write and to execute the page at 0x1000"),
        ["executable data"] = (new() { DataFlags = Read | Write | Execute }, "write and to execute the page at 0x2000"),
        ["write and execute only"] = (new() { CodeFlags = Write | Execute }, "write and to execute the page at 0x1000"),
        ["data in the code's page"] = (With(ElfSegmentType.Load, Read | Write, 0x1800, [1]), "write and to execute"),
        ["code in the data's last page"] = (With(ElfSegmentType.Load, Read | Execute, 0x3fff, [1]), "write and to execute"),

        ["entry in data"] = (new() { Entry = SmallGuest.DataAt }, "no code"),
        ["entry in what is only read"] = (new() { Entry = 0 }, "no code"),
        ["entry behind everything"] = (new() { Entry = 0x10000 }, "no code"),
        ["entry in front of everything"] = (new() { Base = 0x10000, Entry = unchecked((ulong)-1) }, "no code"),
        ["entry at the end"] = (new() { Entry = unchecked((ulong)-0x4000) }, "no code"),
        ["no code"] = (new() { CodeFlags = Read }, "no code"),

        ["relocation by a symbol"] = (Relocated(0x2000, ElfRelocationType.R64), "type 1"),
        ["relocation of the global offset table"] = (Relocated(0x2000, ElfRelocationType.GlobDat), "type 6"),
        ["relocation by a function"] = (Relocated(0x2000, ElfRelocationType.IRelative), "type 37"),
        ["relocation of no type"] = (Relocated(0x2000, uint.MaxValue), "type 4294967295"),
        ["relocation half outside"] = (Relocated(0x37f9), "outside"),
        ["relocation at the end"] = (Relocated(0x3800), "outside"),
        ["relocation far away"] = (Relocated(1UL << 40), "outside"),
        ["relocation in front"] = (Relocated(unchecked((ulong)-1)), "outside"),
        ["relocation across the end of addresses"] = (Relocated(unchecked((ulong)-4)), "outside"),
        ["relocation of the last address"] = (Relocated(unchecked((ulong)-0x4001)), "outside"),

        ["version 0.15.0"] = (Versioned("0.15.0\0"), "version 0.15.0"),
        ["version 0.17.0"] = (Versioned("0.17.0"), "version 0.17.0"),
        ["version 0.160.1"] = (Versioned("0.160.1"), "version 0.160.1"),
        ["version 10.16.0"] = (Versioned("10.16.0"), "version 10.16.0"),
        ["version 0.16"] = (Versioned("0.16"), "version 0.16 "),
        ["version garbage"] = (Versioned("\u00ff\u0080\0\u0001"), "version ?"),
        ["no version in the note"] = (Versioned(""), "version"),
        ["two versions"] = (new() { Notes = [SmallGuest.Version("0.16.3"), SmallGuest.Version("0.15.0")] }, "version 0.15.0"),
    };

    /// <summary>Files that are guests after all.</summary>
    private static readonly Dictionary<string, SmallGuest> Accepted = new()
    {
        ["usual"] = new(),
        ["position-independent from elsewhere"] = new() { Base = 0x7_0000 },
        ["position-independent from the middle of a page"] = new() { Base = 0x123 },
        ["position-independent from the end"] = new() { Base = 0xFFFF_FFFF_FFFF_8000 },
        ["linked to where images begin"] = Linked(0x4000),
        ["linked behind where images begin"] = Linked(0x9000),
        ["linked as far as allowed"] = Linked(0x4000 + 0x10_0000 - 0x3800),
        ["as large as allowed"] = new() { DataSize = 0x10_0000 - SmallGuest.DataAt },
        ["no note"] = new() { Notes = [] },
        ["version 0.16.3"] = Versioned("0.16.3"),
        ["version 0.16.3 and zeros"] = Versioned("0.16.3\0\0\0"),
        ["version of another owner"] = new() { Notes = [("Other", 1, [.. "0.15.0"u8])] },
        ["other note of the owner"] = new() { Notes = [("Hyperlight", 2, [.. "0.15.0"u8])] },
        ["no relocations"] = new() { Relocations = [] },
        ["relocation of the last word"] = Relocated(0x37f8),
        ["relocation of no alignment"] = Relocated(0x2003),
        ["two segments in a page"] = With(ElfSegmentType.Load, Read, 0x1800, [1]),
        ["a segment without memory"] = With(ElfSegmentType.Load, Read | Write | Execute, 0x1000, []),
        ["a stack that is executable"] = With((ElfSegmentType)0x6474e551, Read | Write | Execute, 0, []),
        ["code that is only executable"] = new() { CodeFlags = Execute },
        ["entry in the rest of the code's page"] = new() { Entry = 0x1fff },
    };

    public static TheoryData<string> RefusedFiles => [.. Refused.Keys];

    public static TheoryData<string> AcceptedFiles => [.. Accepted.Keys];

    public static TheoryData<string> Guests => ["hello.elf", "digest.elf", "notes.elf"];

    [Theory]
    [MemberData(nameof(RefusedFiles))]
    public void FileThatIsNoGuest_IsRefusedWithTheReason(string name)
    {
        (SmallGuest file, string why) = Refused[name];
        byte[] bytes = file.ToArray();
        Assert.Contains(
            why, Assert.Throws<GuestBinaryException>(() => GuestLoader.Load(bytes, MostBytes)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(AcceptedFiles))]
    public void FileThatIsAGuest_LiesWhereItSaysOrWhereImagesBegin(string name)
    {
        SmallGuest file = Accepted[name];
        GuestImage image = GuestLoader.Load(file.ToArray(), MostBytes);
        ulong start = file.Type == ElfType.Executable ? file.Base : 0x4000 + (file.Base & 0xfff);
        Assert.Equal(start + file.Entry, image.Entry);
        Assert.Equal(start + SmallGuest.DataAt + file.DataSize, 0x4000 + (ulong)image.Bytes.Length);
        Assert.Equal(Enumerable.Repeat((byte)0xf4, 16), image.Bytes[(int)(start - 0x4000 + 0x1000)..][..16]);
    }

    [Fact]
    public void Segments_AreCopiedRelocatedAndKeepTheirRights()
    {
        GuestImage image = GuestLoader.Load(new SmallGuest().ToArray(), MostBytes);
        Assert.Equal(0x5004UL, image.Entry);
        Assert.Equal(
            [
                (new GuestRange(0x4000, 0x1000), MemoryAccess.Read),
                (new GuestRange(0x5000, 0x1000), MemoryAccess.ReadExecute),
                (new GuestRange(0x6000, 0x2000), MemoryAccess.ReadWrite),
            ],
            image.Parts);
        byte[] data = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
        HostileInput.Set(data, 0, 8, 0x5004);
        HostileInput.Set(data, 24, 8, 0x3fff);
        Assert.Equal([.. data, .. new byte[0x1800 - 32]], image.Bytes[0x2000..]);
        Assert.All(image.Bytes[0x1010..0x2000], value => Assert.Equal(0, value));
    }

    [Fact]
    public void WhatIsLinkedToAnAddress_IsRelocatedByNothing()
    {
        GuestImage image = GuestLoader.Load(Linked(0x9000).ToArray(), MostBytes);
        Assert.Equal(0x1004UL, BitConverter.ToUInt64(image.Bytes, 0x5000 + 0x2000));
        Assert.Equal(new GuestRange(0x9000, 0x1000), image.Parts[0].Range);
    }

    /// <summary>x86-64 has no page that can be written or executed and not read; what has no rights is not mapped.</summary>
    [Theory]
    [InlineData(0U, MemoryAccess.None)]
    [InlineData(2U, MemoryAccess.ReadWrite)]
    [InlineData(4U, MemoryAccess.Read)]
    [InlineData(6U, MemoryAccess.ReadWrite)]
    [InlineData(0xfff0_0004U, MemoryAccess.Read)]
    [InlineData(5U, MemoryAccess.ReadExecute)]
    [InlineData(1U, MemoryAccess.ReadExecute)]
    public void Rights_AreThoseThatPagesCanHave(uint flags, MemoryAccess access)
    {
        GuestImage image = GuestLoader.Load(new SmallGuest { DataFlags = (ElfSegmentFlags)flags }.ToArray(), MostBytes);
        MemoryAccess found = image.Parts.FirstOrDefault(part => part.Range.Contains(0x6000)).Access;
        Assert.Equal(access, found);
    }

    [Fact]
    public void SegmentsInOnePage_HaveTheRightsOfBoth()
    {
        GuestImage image = GuestLoader.Load(With(ElfSegmentType.Load, Read | Write, 0x800, [1, 2, 3]).ToArray(), MostBytes);
        Assert.Equal((new GuestRange(0x4000, 0x1000), MemoryAccess.ReadWrite), image.Parts[0]);
        Assert.Equal([1, 2, 3], image.Bytes[0x800..0x803]);
    }

    [Theory]
    [MemberData(nameof(Guests))]
    public void GuestsOfOurs_AreTheirSegmentsWithEachRelocationMade(string name)
    {
        byte[] file = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "guests", name));
        GuestImage image = GuestLoader.Load(file, MostBytes);
        using ElfFile elf = ElfFile.FromBytes(file);
        var wanted = new byte[image.Bytes.Length];
        foreach (ElfSegment segment in elf.Segments.Where(segment => segment.Type == ElfSegmentType.Load))
            file.AsSpan((int)segment.FileOffset, (int)segment.FileSize).CopyTo(wanted.AsSpan((int)segment.VirtualAddress));

        foreach (ElfRelocation relocation in elf.ReadRelocations())
            HostileInput.Set(wanted, (int)relocation.Offset, 8, (ulong)relocation.Addend + 0x4000);

        Assert.NotEmpty(elf.ReadRelocations());
        Assert.Equal(wanted, image.Bytes);
        Assert.Equal(elf.Entry + 0x4000, image.Entry);
        MemoryAccess[] rights = [MemoryAccess.Read, MemoryAccess.ReadExecute, MemoryAccess.ReadWrite];
        Assert.Equal(rights, image.Parts.Select(part => part.Access));
    }

    [Fact]
    public void Limit_OfAsManyBytesAsTheImageHas_IsEnough()
    {
        byte[] file = new SmallGuest().ToArray();
        Assert.Equal((int)SmallGuest.MemoryEnd, GuestLoader.Load(file, (long)SmallGuest.MemoryEnd).Bytes.Length);
        Assert.Throws<GuestBinaryException>(() => GuestLoader.Load(file, (long)SmallGuest.MemoryEnd - 1));
    }

    /// <summary>Each of many headers may name all of the memory: the work would be their product.</summary>
    [Theory]
    [InlineData(0x2000)]
    [InlineData(0x27ff)]
    [InlineData(0x37ff)]
    public void SegmentsThatOverlap_AreRefused(ulong address)
    {
        byte[] file = With(ElfSegmentType.Load, Read | Write, address, [1]).ToArray();
        Assert.Throws<GuestBinaryException>(() => GuestLoader.Load(file, MostBytes));
    }

    /// <summary>The limit may be set above what one array holds.</summary>
    [Theory]
    [InlineData(0x7fff_ffc8)]
    [InlineData(0x8000_0000)]
    [InlineData(0xc000_0000)]
    [InlineData(0x1_0000_0000)]
    public void ImageThatNoArrayHolds_IsRefused(ulong size)
    {
        byte[] file = new SmallGuest { DataSize = size - SmallGuest.DataAt }.ToArray();
        Assert.Throws<GuestBinaryException>(() => GuestLoader.Load(file, 1L << 40));
    }

    /// <summary>A version is not a megabyte long, and its message is fit for one line of a log.</summary>
    [Fact]
    public void VersionOfAnyText_IsNamedInAShortLine()
    {
        byte[] file = Versioned(new string('9', 1 << 20)).ToArray();
        Assert.True(Assert.Throws<GuestBinaryException>(() => GuestLoader.Load(file, MostBytes)).Message.Length < 1000);
        file = Versioned("9\nfake line\u001b[31m").ToArray();
        Assert.DoesNotContain(
            Assert.Throws<GuestBinaryException>(() => GuestLoader.Load(file, MostBytes)).Message, char.IsControl);
    }

    private static SmallGuest Linked(ulong address) => new() { Type = ElfType.Executable, Base = address };

    private static SmallGuest Relocated(ulong offset, uint type = ElfRelocationType.Relative)
        => new() { Relocations = [(offset, type, 0)] };

    private static SmallGuest Versioned(string version) => new() { Notes = [SmallGuest.Version(version)] };

    private static SmallGuest With(ElfSegmentType type, ElfSegmentFlags flags, ulong address, byte[] content)
        => new() { More = [(type, flags, address, content, (ulong)content.Length)] };
}
