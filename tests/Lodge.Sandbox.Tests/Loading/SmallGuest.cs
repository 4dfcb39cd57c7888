using System.Buffers.Binary;
using System.Text;
using Lodge.Elf;

namespace Lodge.Sandbox.Tests;

/// <summary>The file of a guest with something to read, code, and data that are relocated; each part can be other than
/// usual.</summary>
/// <remarks>From its first address on: a page with the relocations, a page with 16 bytes of code, two pages to write of which 32
/// bytes are in the file. It is so small that everything can be tried with each of its bytes.</remarks>
internal sealed record SmallGuest
{
    public const ulong CodeAt = 0x1000;
    public const ulong DataAt = 0x2000;
    public const ulong MemoryEnd = 0x3800;

    public ElfType Type { get; init; } = ElfType.Shared;

    public ElfMachine Machine { get; init; } = ElfMachine.X64;

    /// <summary>Its first address.</summary>
    public ulong Base { get; init; }

    /// <summary>From the first address.</summary>
    public ulong Entry { get; init; } = CodeAt + 4;

    public ElfSegmentFlags CodeFlags { get; init; } = ElfSegmentFlags.Read | ElfSegmentFlags.Execute;

    public ElfSegmentFlags DataFlags { get; init; } = ElfSegmentFlags.Read | ElfSegmentFlags.Write;

    /// <summary>How many bytes of memory the data have.</summary>
    public ulong DataSize { get; init; } = MemoryEnd - DataAt;

    /// <summary>Notes: the owner, the type, the content.</summary>
    public (string Owner, uint Type, byte[] Content)[] Notes { get; init; } = [Version("0.16.0\0")];

    /// <summary>Relocations: where, from the first address; the type; the addend.</summary>
    public (ulong Offset, uint Type, long Addend)[] Relocations { get; init; }
        =
        [
            (DataAt, ElfRelocationType.Relative, 0x1004), (0, ElfRelocationType.None, 0),
            (DataAt + 24, ElfRelocationType.Relative, -1),
        ];

    /// <summary>More segments, with the addresses that they have.</summary>
    public (ElfSegmentType Type, ElfSegmentFlags Flags, ulong Address, byte[] Content, ulong Size)[] More { get; init; } = [];

    public static (string Owner, uint Type, byte[] Content) Version(string text)
        => ("Hyperlight", 1, Encoding.Latin1.GetBytes(text));

    public byte[] ToArray()
    {
        var writer = new ElfWriter(Type, Machine) { Entry = unchecked(Base + Entry) };
        foreach ((string owner, uint type, byte[] content) in Notes)
            writer.AddNote(owner, type, content);

        byte[] relocations = [.. Relocations.SelectMany(
            relocation => Words(unchecked(Base + relocation.Offset), relocation.Type, (ulong)relocation.Addend))];
        Add(ElfSegmentType.Load, ElfSegmentFlags.Read, Base, [.. relocations, .. new byte[8]]);
        Add(ElfSegmentType.Load, CodeFlags, Base + CodeAt, [.. Enumerable.Repeat((byte)0xf4, 16)]);
        Add(ElfSegmentType.Load, DataFlags, Base + DataAt, [.. Enumerable.Range(1, 32).Select(i => (byte)i)], DataSize);
        if (Relocations.Length != 0)
            Add(ElfSegmentType.Dynamic, ElfSegmentFlags.Read, Base, Words(7, Base, 8, (ulong)relocations.Length, 9, 24, 0, 0));

        foreach ((ElfSegmentType type, ElfSegmentFlags flags, ulong address, byte[] content, ulong size) in More)
            Add(type, flags, address, content, size);

        using var stream = new MemoryStream();
        writer.Write(stream);
        return stream.ToArray();

        void Add(ElfSegmentType type, ElfSegmentFlags flags, ulong address, byte[] content, ulong? size = null)
        {
            ulong length = (ulong)content.Length;
            writer.AddSegment(new ElfSegment(type, flags, 0, length, address, address, size ?? length, 0), content);
        }
    }

    private static byte[] Words(params ulong[] words)
    {
        var bytes = new byte[8 * words.Length];
        for (int i = 0; i < words.Length; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8 * i), words[i]);

        return bytes;
    }
}
