using System.Buffers.Binary;
using System.Text;

namespace Lodge.Elf.Tests;

/// <summary>A file with one of everything, made byte by byte and without the library, that knows where each of its fields
/// lies.</summary>
internal sealed class SmallElf
{
    public const ulong Base = 0x10000;
    public const int RelrWords = 3;
    public const int SymbolCount = 7;

    private readonly List<byte> _bytes = [];
    private readonly List<Field> _fields = [];

    private SmallElf()
    {
    }

    public byte[] Bytes { get; private set; } = [];

    public IReadOnlyList<Field> Fields => _fields;

    public static SmallElf Create(bool withSections = true)
    {
        var elf = new SmallElf();
        elf.Build(withSections);
        return elf;
    }

    public Field Find(string name) => _fields.Single(field => field.Name == name);

    public ulong FindOffset(string name) => (ulong)Find(name).Offset;

    /// <summary>The bytes with one field changed.</summary>
    public byte[] With(string name, ulong value) => With(Find(name), value);

    public byte[] With(Field field, ulong value)
    {
        byte[] bytes = (byte[])Bytes.Clone();
        Set(bytes, field, value);
        return bytes;
    }

    public static void Set(byte[] bytes, Field field, ulong value)
    {
        Span<byte> word = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(word, value);
        word[..field.Size].CopyTo(bytes.AsSpan(field.Offset));
    }

    private void Build(bool withSections)
    {
        // Offsets are also addresses, from Base on.
        const int SegmentCount = 5;
        const int DynamicStart = 0x40 + (SegmentCount * 56);
        const int DynamicSize = 15 * 16;
        const int RelaStart = DynamicStart + DynamicSize;
        const int PltStart = RelaStart + 48;
        const int RelrStart = PltStart + 24;
        const int DataStart = RelrStart + (RelrWords * 8);
        const int DataSize = 0x80;
        const int SymbolsStart = DataStart + DataSize;
        const int HashStart = SymbolsStart + (SymbolCount * 24);
        const int HashSize = 8 + 4 + (SymbolCount * 4) + 4;
        const int GnuHashStart = HashStart + HashSize;
        const int GnuHashSize = 16 + 8 + 4 + ((SymbolCount - 1) * 4);
        const int StringsStart = GnuHashStart + GnuHashSize;
        byte[] strings = Encoding.ASCII.GetBytes("\0alpha\0beta\0gamma\0label\0import\0file.c\0");
        int notesStart = AlignUp(StringsStart + strings.Length, 8);
        const int SmallNotes = 12 + 8 + 4 + 12 + 4 + 8;
        int largeNotesStart = AlignUp(notesStart + SmallNotes, 8);
        const int LargeNotes = 16 + 16;
        int sectionNamesStart = largeNotesStart + LargeNotes;
        byte[] sectionNames = Encoding.ASCII.GetBytes("\0.symtab\0.strtab\0.text\0.shstrtab\0.note\0");
        int sectionsStart = AlignUp(sectionNamesStart + sectionNames.Length, 8);
        ulong loaded = (ulong)sectionNamesStart;

        Header(withSections ? (ulong)sectionsStart : 0, SegmentCount, withSections ? (ushort)6 : (ushort)0);
        Segment(0, 1, 5, 0, loaded, Base, loaded + 0x100, 0x1000);
        Segment(1, 1, 6, DataStart, DataSize, Base + 0x10000 + DataStart, DataSize + 0x40, 8);
        Segment(2, 2, 4, DynamicStart, DynamicSize, Base + DynamicStart, DynamicSize, 8);
        Segment(3, 4, 4, (ulong)notesStart, SmallNotes, Base + (ulong)notesStart, SmallNotes, 4);
        Segment(4, 4, 4, (ulong)largeNotesStart, LargeNotes, Base + (ulong)largeNotesStart, LargeNotes, 8);

        Dynamic("DT_HASH", 4, Base + HashStart);
        Dynamic("DT_GNU_HASH", 0x6ffffef5, Base + GnuHashStart);
        Dynamic("DT_STRTAB", 5, Base + StringsStart);
        Dynamic("DT_STRSZ", 10, (ulong)strings.Length);
        Dynamic("DT_SYMTAB", 6, Base + SymbolsStart);
        Dynamic("DT_SYMENT", 11, 24);
        Dynamic("DT_RELA", 7, Base + RelaStart);
        Dynamic("DT_RELASZ", 8, 48);
        Dynamic("DT_RELAENT", 9, 24);
        Dynamic("DT_JMPREL", 23, Base + PltStart);
        Dynamic("DT_PLTRELSZ", 2, 24);
        Dynamic("DT_PLTREL", 20, 7);
        Dynamic("DT_RELR", 36, Base + RelrStart);
        Dynamic("DT_RELRSZ", 35, RelrWords * 8);
        Dynamic("DT_NULL", 0, 0);

        Relocation("rela[0]", Base + DataStart, 8, 0, 0x1234);
        Relocation("rela[1]", Base + DataStart + 8, 6, 5, -1);
        Relocation("plt[0]", Base + DataStart + 16, 7, 5, 0);
        U64("relr[0]", Base + 0x10000 + DataStart);
        U64("relr[1]", 0b1011);         // the first word behind it, and the third
        U64("relr[2]", Base + 0x10000 + DataStart + DataSize);      // zeros that are not in the file
        for (int i = 0; i < DataSize / 8; i++)
            U64($"data[{i}]", 0x100 + (ulong)i);

        Symbol(0, 0, 0, 0, 0, 0);
        Symbol(1, 31, 4, 0xfff1, 0, 0);                     // file.c
        Symbol(2, 1, 0x12, 3, Base + 0x100, 0x40);          // alpha: a global function
        Symbol(3, 7, 2, 3, Base + 0x140, 0);                // beta: a local one without a size
        Symbol(4, 12, 0x11, 3, Base + 0x180, 8);            // gamma: data
        Symbol(5, 24, 0x12, 0, 0, 0);                       // import: defined elsewhere
        Symbol(6, 18, 0, 3, Base + 0x110, 0);               // label: inside of alpha

        U32("hash.nbucket", 1);
        U32("hash.nchain", SymbolCount);
        U32("hash.bucket[0]", 1);
        for (uint i = 0; i < SymbolCount; i++)
            U32($"hash.chain[{i}]", 0);

        U32("hash.padding", 0);
        U32("gnuhash.nbuckets", 1);
        U32("gnuhash.symoffset", 1);
        U32("gnuhash.bloomsize", 1);
        U32("gnuhash.bloomshift", 0);
        U64("gnuhash.bloom[0]", ulong.MaxValue);
        U32("gnuhash.bucket[0]", 1);
        for (uint i = 1; i < SymbolCount; i++)
            U32($"gnuhash.chain[{i}]", i == SymbolCount - 1 ? 1U : 2U);

        Raw("strings", strings);
        PadTo(notesStart);
        U32("note[0].n_namesz", 5);
        U32("note[0].n_descsz", 3);
        U32("note[0].n_type", 7);
        Raw("note[0].name", "CORE\0\0\0\0"u8);
        Raw("note[0].desc", [1, 2, 3, 0]);
        U32("note[1].n_namesz", 4);
        U32("note[1].n_descsz", 8);
        U32("note[1].n_type", 1);
        Raw("note[1].name", "GNU\0"u8);
        Raw("note[1].desc", [1, 2, 3, 4, 5, 6, 7, 8]);
        PadTo(largeNotesStart);
        U32("note[2].n_namesz", 4);
        U32("note[2].n_descsz", 9);
        U32("note[2].n_type", 5);
        Raw("note[2].name", "GNU\0"u8);
        Raw("note[2].desc", [1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 0, 0, 0, 0, 0]);

        Raw("section names", sectionNames);
        if (withSections)
        {
            PadTo(sectionsStart);
            Section(0, 0, 0, 0, 0, 0, 0, 0);
            Section(1, 1, 2, 0, SymbolsStart, SymbolCount * 24, 2, 24);
            Section(2, 9, 3, 0, StringsStart, (ulong)strings.Length, 0, 0);
            Section(3, 17, 1, Base + 0x100, 0x100, 0x88, 0, 0);
            Section(4, 23, 3, 0, (ulong)sectionNamesStart, (ulong)sectionNames.Length, 0, 0);
            Section(5, 33, 7, 0, (ulong)notesStart, SmallNotes, 0, 0);
        }

        Bytes = [.. _bytes];
    }

    private void Header(ulong sectionsStart, ushort segmentCount, ushort sectionCount)
    {
        Raw("e_ident.magic", [0x7f, (byte)'E', (byte)'L', (byte)'F']);
        U8("EI_CLASS", 2);
        U8("EI_DATA", 1);
        U8("EI_VERSION", 1);
        U8("EI_OSABI", 3);
        Raw("e_ident.rest", new byte[8]);
        U16("e_type", 3);
        U16("e_machine", 62);
        U32("e_version", 1);
        U64("e_entry", Base + 0x100);
        U64("e_phoff", 64);
        U64("e_shoff", sectionsStart);
        U32("e_flags", 0x55);
        U16("e_ehsize", 64);
        U16("e_phentsize", 56);
        U16("e_phnum", segmentCount);
        U16("e_shentsize", 64);
        U16("e_shnum", sectionCount);
        U16("e_shstrndx", (ushort)(sectionCount == 0 ? 0 : 4));
    }

    private void Segment(
        int index, uint type, uint flags, ulong offset, ulong fileSize, ulong address, ulong memorySize, ulong alignment)
    {
        string name = $"segment[{index}].";
        U32(name + "p_type", type);
        U32(name + "p_flags", flags);
        U64(name + "p_offset", offset);
        U64(name + "p_vaddr", address);
        U64(name + "p_paddr", address);
        U64(name + "p_filesz", fileSize);
        U64(name + "p_memsz", memorySize);
        U64(name + "p_align", alignment);
    }

    private void Dynamic(string name, ulong tag, ulong value)
    {
        U64(name + ".tag", tag);
        U64(name, value);
    }

    private void Relocation(string name, ulong offset, uint type, uint symbol, long addend)
    {
        U64(name + ".r_offset", offset);
        U32(name + ".r_type", type);
        U32(name + ".r_sym", symbol);
        U64(name + ".r_addend", (ulong)addend);
    }

    private void Symbol(int index, uint name, byte info, ushort section, ulong value, ulong size)
    {
        string prefix = $"symbol[{index}].";
        U32(prefix + "st_name", name);
        U8(prefix + "st_info", info);
        U8(prefix + "st_other", 0);
        U16(prefix + "st_shndx", section);
        U64(prefix + "st_value", value);
        U64(prefix + "st_size", size);
    }

    private void Section(int index, uint name, uint type, ulong address, ulong offset, ulong size, uint link, ulong entrySize)
    {
        string prefix = $"section[{index}].";
        U32(prefix + "sh_name", name);
        U32(prefix + "sh_type", type);
        U64(prefix + "sh_flags", 2);
        U64(prefix + "sh_addr", address);
        U64(prefix + "sh_offset", offset);
        U64(prefix + "sh_size", size);
        U32(prefix + "sh_link", link);
        U32(prefix + "sh_info", 0);
        U64(prefix + "sh_addralign", 4);
        U64(prefix + "sh_entsize", entrySize);
    }

    private void U8(string name, byte value) => Add(name, 1, value);

    private void U16(string name, ushort value) => Add(name, 2, value);

    private void U32(string name, uint value) => Add(name, 4, value);

    private void U64(string name, ulong value) => Add(name, 8, value);

    private void Add(string name, int size, ulong value)
    {
        _fields.Add(new Field(name, _bytes.Count, size));
        Span<byte> word = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(word, value);
        _bytes.AddRange(word[..size]);
    }

    private void Raw(string name, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= 8)
            _fields.Add(new Field(name, _bytes.Count, bytes.Length));

        _bytes.AddRange(bytes);
    }

    private void PadTo(int offset)
    {
        while (_bytes.Count < offset)
            _bytes.Add(0);
    }

    private static int AlignUp(int value, int alignment) => (value + alignment - 1) & ~(alignment - 1);
}
