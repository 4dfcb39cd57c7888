using Xunit;

namespace Lodge.Elf.Tests;

public sealed class NoteTests
{
    private static readonly SmallElf Small = SmallElf.Create();

    [Fact]
    public void Notes_OfBothAlignments_AreReadInOrder()
    {
        using var file = ElfFile.FromBytes(Small.Bytes);
        ElfNote[] notes = [.. file.Notes];
        Assert.Equal([("CORE", 7U), ("GNU", 1U), ("GNU", 5U)], notes.Select(note => (note.Owner, note.Type)));
        Assert.Equal([1, 2, 3], notes[0].Content.ToArray());
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], notes[1].Content.ToArray());
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9], notes[2].Content.ToArray());
        byte[] content = new byte[3];
        file.ReadExactly(notes[0].FileOffset, content);
        Assert.Equal([1, 2, 3], content);
    }

    [Theory]
    [InlineData(4, 36)]
    [InlineData(8, 40)]
    public void NextNote_BeginsWhereTheAlignmentSays(ulong alignment, int nextStart)
    {
        byte[] notes = new byte[nextStart + 16];
        byte[][] headers = [[4, 0, 0, 0, 17, 0, 0, 0, 1, 0, 0, 0, (byte)'O'], [4, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, (byte)'N']];
        headers[0].CopyTo(notes, 0);
        headers[1].CopyTo(notes, nextStart);
        var writer = new ElfWriter(ElfType.Core, ElfMachine.X64);
        writer.AddSegment(new ElfSegment(ElfSegmentType.Note, 0, 0, (ulong)notes.Length, 0, 0, 0, alignment), notes);
        using var stream = new MemoryStream();
        writer.Write(stream);
        using var file = ElfFile.FromBytes(stream.ToArray());
        Assert.Equal([("O", 1U, 17), ("N", 2U, 0)], file.Notes.Select(note => (note.Owner, note.Type, note.Content.Length)));
    }

    [Fact]
    public void Notes_OfAFileWithoutSegments_AreThoseOfSections()
    {
        using var file = ElfFile.FromBytes(Small.With("e_phnum", 0));
        Assert.Equal(["CORE", "GNU"], file.Notes.Select(note => note.Owner));
    }

    [Fact]
    public void OwnerWithoutAZeroAtItsEnd_IsReadWhole()
    {
        using var file = ElfFile.FromBytes(Small.With("note[0].n_namesz", 4));
        Assert.Equal("CORE", file.Notes.First().Owner);
    }

    [Fact]
    public void LastNote_MayLackItsPadding()
    {
        Field size = Small.Find("segment[4].p_filesz");
        using var file = ElfFile.FromBytes(Small.With(size, 16 + 9));
        Assert.Equal(3, file.Notes.Count());
        using var tooShort = ElfFile.FromBytes(Small.With(size, 16 + 8));
        Assert.Throws<ElfException>(() => tooShort.Notes.Count());
    }

    [Theory]
    [InlineData("note[0].n_namesz", 0xffff_ffff, "n_namesz 0xffffffff")]
    [InlineData("note[0].n_descsz", 0xffff_ffff, "n_descsz 0xffffffff")]
    [InlineData("note[1].n_descsz", 9, "do not lie in")]
    [InlineData("segment[3].p_filesz", 49, "bytes are left")]
    [InlineData("segment[3].p_align", 16, "alignment of notes is 0x10; allowed are 4 and 8")]
    public void NotesThatCannotBe_AreRefusedWithTheirFieldAndValue(string field, ulong value, string message)
    {
        using var file = ElfFile.FromBytes(Small.With(field, value));
        var exception = Assert.Throws<ElfException>(() => file.Notes.Count());
        Assert.StartsWith("Program header 3 (Note): ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NotesBeforeABrokenOne_AreGivenOut()
    {
        using var file = ElfFile.FromBytes(Small.With("note[1].n_descsz", 1 << 20));
        Assert.Equal("CORE", file.Notes.First().Owner);
    }
}
