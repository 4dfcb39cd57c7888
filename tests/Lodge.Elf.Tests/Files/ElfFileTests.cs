using Xunit;

namespace Lodge.Elf.Tests;

public sealed class ElfFileTests
{
    private static readonly SmallElf Small = SmallElf.Create();

    [Fact]
    public void Header_HasItsFields()
    {
        using var file = ElfFile.FromBytes(Small.Bytes);
        Assert.Equal(ElfType.Shared, file.Type);
        Assert.Equal(ElfMachine.X64, file.Machine);
        Assert.Equal(SmallElf.Base + 0x100, file.Entry);
        Assert.Equal(0x55U, file.Flags);
        Assert.Equal(3, file.OsAbi);
        Assert.Equal(Small.Bytes.Length, file.Length);
        Assert.Equal(0, file.MissingBytes);
        Assert.Equal(5, file.Segments.Count);
        Assert.Equal(["", ".symtab", ".strtab", ".text", ".shstrtab", ".note"], file.Sections.Select(section => section.Name));
    }

    [Fact]
    public void UnknownValues_StayAsTheyAre()
    {
        byte[] bytes = Small.With("e_type", 0xfe12);
        SmallElf.Set(bytes, Small.Find("e_machine"), 0xabcd);
        SmallElf.Set(bytes, Small.Find("segment[4].p_type"), 0x7000_0001);
        using var file = ElfFile.FromBytes(bytes);
        Assert.Equal((ElfType)0xfe12, file.Type);
        Assert.Equal((ElfMachine)0xabcd, file.Machine);
        Assert.Equal((ElfSegmentType)0x7000_0001, file.Segments[4].Type);
    }

    [Theory]
    [InlineData("e_ident.magic", 0x464c457e, "no ELF file")]
    [InlineData("EI_CLASS", 1, "EI_CLASS is 1; allowed is 2: only 64-bit")]
    [InlineData("EI_DATA", 2, "EI_DATA is 2; allowed is 1: only little-endian")]
    [InlineData("EI_VERSION", 0, "EI_VERSION is 0")]
    [InlineData("e_version", 2, "e_version is 2")]
    [InlineData("e_ehsize", 63, "e_ehsize is 63; allowed is 64")]
    [InlineData("e_phentsize", 55, "e_phentsize is 55; allowed is 56")]
    [InlineData("e_phoff", 0x7fff_ffff_ffff_ffff, "program header table at offset 0x7fffffffffffffff")]
    [InlineData("e_phnum", 0xfffe, "program header table")]
    [InlineData("segment[0].p_filesz", 0x10_0000, "Program header 0 (Load): p_filesz is 0x100000, more than p_memsz")]
    [InlineData("segment[0].p_align", 0x1001, "p_align is 0x1001; allowed are 0 and powers of two")]
    [InlineData("segment[0].p_align", 0x2_0000, "not congruent modulo p_align 0x20000")]
    [InlineData("segment[0].p_vaddr", 0xffff_ffff_ffff_ff00, "add up to more than 2^64")]
    [InlineData("segment[2].p_offset", ulong.MaxValue, "add up to more than 2^63 - 1")]
    [InlineData("segment[2].p_offset", 0x10_0000, "do not lie in the file")]
    public void HeadersThatCannotBe_AreRefusedWithTheirFieldAndValue(string field, ulong value, string message)
    {
        var exception = Assert.Throws<ElfException>(() => ElfFile.FromBytes(Small.With(field, value)));
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.Null(exception.File);
    }

    [Theory]
    [InlineData("e_shentsize", 63, "e_shentsize is 63; allowed is 64")]
    [InlineData("e_shoff", 0xffff_ffff_ffff_ffff, "Section header 0 at offset 0xffffffffffffffff")]
    [InlineData("e_shoff", 0, "e_shnum is 6, but e_shoff is 0")]
    [InlineData("e_shstrndx", 6, "e_shstrndx is 6, but there are 6 sections")]
    [InlineData("e_shstrndx", 3, "is ProgramBits and no string table")]
    [InlineData("section[3].sh_name", 4000, "Section 3: sh_name is 4000")]
    [InlineData("section[4].sh_size", 4, "runs out of the table")]
    public void SectionsThatCannotBe_AreRefusedWhenTheyAreAskedFor(string field, ulong value, string message)
    {
        using var file = ElfFile.FromBytes(Small.With(field, value));
        Assert.Equal(3, file.Notes.Count());
        Assert.Equal(7, file.ReadRelocations().Count);
        var exception = Assert.Throws<ElfException>(() => file.Sections);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.Throws<ElfException>(file.ReadSymbols);
    }

    [Fact]
    public void EmptyFile_IsRefused()
    {
        var exception = Assert.Throws<ElfException>(() => ElfFile.FromBytes(default));
        Assert.Contains("empty", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NamesTheFileInItsErrors()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("guest.elf", Small.With("EI_CLASS", 1));
        var exception = Assert.Throws<ElfException>(() => ElfFile.Open(path));
        Assert.Equal(path, exception.File);
        Assert.StartsWith(path, exception.Message, StringComparison.Ordinal);

        // The handle is not kept: elsewhere than on Linux the file could not be deleted.
        File.Delete(path);
        Assert.Throws<FileNotFoundException>(() => ElfFile.Open(path));
    }

    [Fact]
    public void Open_ReadsTheSameAsFromBytes()
    {
        using var folder = new TemporaryFolder();
        using var file = ElfFile.Open(folder.Write("guest.elf", Small.Bytes));
        using var memory = ElfFile.FromBytes(Small.Bytes);
        Assert.Equal(memory.Segments, file.Segments);
        Assert.Equal(memory.Sections, file.Sections);
        Assert.Equal(memory.ReadSymbols(), file.ReadSymbols());
        Assert.Equal(memory.ReadRelocations(), file.ReadRelocations());
        Assert.Equal(0, Everything.Ask(file));
    }

    [Fact]
    public void Read_BehindTheEnd_GivesWhatIsThere()
    {
        using var file = ElfFile.FromBytes(Small.Bytes);
        byte[] buffer = new byte[16];
        Assert.Equal(16, file.Read(0, buffer));
        Assert.Equal(Small.Bytes[..16], buffer);
        Assert.Equal(3, file.Read(file.Length - 3, buffer));
        Assert.Equal(0, file.Read(file.Length, buffer));
        Assert.Equal(0, file.Read(long.MaxValue, buffer));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Read(-1, buffer));
    }

    [Fact]
    public void ReadExactly_BehindTheEnd_IsAnError()
    {
        using var file = ElfFile.FromBytes(Small.Bytes);
        byte[] buffer = new byte[16];
        file.ReadExactly(file.Length - 16, buffer);
        Assert.Throws<ElfException>(() => file.ReadExactly(file.Length - 15, buffer));
        Assert.Throws<ElfException>(() => file.ReadExactly(long.MaxValue, buffer));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.ReadExactly(-1, buffer));
    }

    [Fact]
    public void FileThatIsCutShortWhileItIsOpen_IsAnErrorAndNoMore()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("core", Small.Bytes);
        using var file = ElfFile.Open(path);
        using (FileStream writer = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            writer.SetLength(100);

        var exception = Assert.Throws<ElfException>(() => file.ReadExactly(90, new byte[20]));
        Assert.Contains($"ends after 10 of them; it was {Small.Bytes.Length} bytes "
            + "long", exception.Message, StringComparison.Ordinal);
        Assert.Throws<ElfException>(file.ReadRelocations);
        Assert.Throws<ElfException>(() => file.Sections);
    }

    [Fact]
    public void DisposedFile_IsNotRead()
    {
        using var folder = new TemporaryFolder();
        ElfFile[] files = [ElfFile.FromBytes(Small.Bytes), ElfFile.Open(folder.Write("guest.elf", Small.Bytes))];
        foreach (ElfFile file in files)
        {
            ElfSymbolTable symbols = file.ReadSymbols();
            file.Dispose();
            file.Dispose();
            Assert.Throws<ObjectDisposedException>(() => file.ReadExactly(0, new byte[1]));
            Assert.Equal("alpha+0x4", symbols.Describe(SmallElf.Base + 0x104));
            Assert.Equal(5, file.Segments.Count);
        }
    }

    [Fact]
    public void CoreCutShort_IsReadAsFarAsItGoes()
    {
        byte[] bytes = Small.With("e_type", (ulong)ElfType.Core);
        int end = (int)Small.FindOffset("note[0].n_namesz");
        using var file = ElfFile.FromBytes(bytes.AsMemory(0, end));
        Assert.NotEqual(0, file.MissingBytes);
        ElfSegment load = file.Segments[0];
        byte[] buffer = new byte[16];
        Assert.Equal(16, file.ReadSegment(load, 0, buffer));
        Assert.Throws<ElfException>(() => file.ReadSegment(load, (ulong)end - 8, buffer));
        Assert.Throws<ElfException>(() => file.Notes.Count());
        Assert.True(file.TryFindAddress(SmallElf.Base + (ulong)end - 8, out _, out ulong available));
        Assert.Equal(8UL, available);
        Assert.False(file.TryFindAddress(SmallElf.Base + (ulong)end, out _, out _));
    }

    [Fact]
    public void MissingContent_IsAllowedWhereLimitsSaySo()
    {
        byte[] bytes = Small.With("segment[4].p_offset", 1 << 20);
        Assert.Throws<ElfException>(() => ElfFile.FromBytes(bytes));
        using var file = ElfFile.FromBytes(bytes, new ElfLimits { AllowsMissingContent = true });
        Assert.Equal((1 << 20) + 32 - Small.Bytes.Length, file.MissingBytes);
        Assert.Equal(SmallElf.SymbolCount, file.ReadSymbols().Count);
    }

    [Fact]
    public void ManyProgramHeaders_WithoutSectionHeader_AreRefused()
    {
        byte[] bytes = SmallElf.Create(withSections: false).With("e_phnum", 0xffff);
        var exception = Assert.Throws<ElfException>(() => ElfFile.FromBytes(bytes));
        Assert.Contains("e_phnum is 0xffff", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ManyProgramHeaders_AreCountedInSectionHeader0()
    {
        byte[] bytes = Small.With("e_phnum", 0xffff);
        SmallElf.Set(bytes, Small.Find("section[0].sh_info"), 5);
        using var file = ElfFile.FromBytes(bytes);
        Assert.Equal(5, file.Segments.Count);

        SmallElf.Set(bytes, Small.Find("section[0].sh_info"), uint.MaxValue);
        Assert.Throws<ElfException>(() => ElfFile.FromBytes(bytes));
    }

    [Fact]
    public void ManySections_AreCountedInSectionHeader0()
    {
        byte[] bytes = Small.With("e_shnum", 0);
        SmallElf.Set(bytes, Small.Find("e_shstrndx"), 0xffff);
        SmallElf.Set(bytes, Small.Find("section[0].sh_size"), 6);
        SmallElf.Set(bytes, Small.Find("section[0].sh_link"), 4);
        using var file = ElfFile.FromBytes(bytes);
        Assert.Equal(".text", file.Sections[3].Name);
    }
}
