using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Lodge.Elf;

/// <summary>Writes ELF files from segments and notes: core dumps of any size, and small executables. 64-bit, little-endian,
/// without sections.</summary>
/// <remarks>
/// <para>All that is known beforehand goes into the headers; <see cref="Write"/> then goes through the file once, from its start
/// to its end, and asks for each segment's content when it is there. Nothing of the contents is kept in memory.</para>
/// <para>The layout: ELF header, program headers, section header 0 where there are more than 65,534 program headers, notes, and
/// the segments in the order in which they were added.</para>
/// <para>One thread at a time uses a writer. It may write more than once.</para>
/// </remarks>
public sealed class ElfWriter
{
    private const ulong NoteAlignment = 4;

    private readonly ElfType _type;
    private readonly ElfMachine _machine;
    private readonly List<ElfSegment> _segments = [];
    private readonly List<Action<Stream>?> _contents = [];
    private readonly ArrayBufferWriter<byte> _notes = new();

    /// <summary>A file without segments.</summary>
    public ElfWriter(ElfType type, ElfMachine machine)
    {
        _type = type;
        _machine = machine;
    }

    /// <summary>The address where execution starts.</summary>
    public ulong Entry { get; init; }

    /// <summary>Flags of the architecture's.</summary>
    public uint Flags { get; init; }

    /// <summary>The system it is for: <c>EI_OSABI</c>.</summary>
    public byte OsAbi { get; init; }

    /// <summary>Whether blocks of 4 KiB that hold only zeros are skipped where the stream can seek, so that they take no room on
    /// disk. Then the stream has to end where writing begins, as a new file does. False by default.</summary>
    public bool LeavesHoles { get; init; }

    /// <summary>Adds a note. All notes become one segment, the first in the file.</summary>
    /// <param name="owner">Whose note it is, such as <c>CORE</c>.</param>
    /// <param name="type">What it holds, in the owner's numbers.</param>
    /// <param name="content">The bytes; they are copied. All notes together have less than 2 GiB.</param>
    /// <exception cref="ArgumentException">The owner's name has a zero in it.</exception>
    public void AddNote(string owner, uint type, ReadOnlySpan<byte> content)
    {
        ArgumentNullException.ThrowIfNull(owner);
        if (owner.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException("The owner of a note has a name without zeros in it.", nameof(owner));

        // An owner without a name takes no bytes at all.
        byte[] name = owner.Length == 0 ? [] : Encoding.UTF8.GetBytes(owner + '\0');
        Span<byte> header = _notes.GetSpan(Wire.NoteHeaderSize);
        BinaryPrimitives.WriteInt32LittleEndian(header, name.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], content.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], type);
        _notes.Advance(Wire.NoteHeaderSize);
        AppendPadded(name);
        AppendPadded(content);
    }

    /// <summary>Adds a segment whose content is written when the file is.</summary>
    /// <param name="segment">The segment. Its <see cref="ElfSegment.FileOffset"/> is ignored; the content comes to lie where
    /// address and offset are congruent modulo the alignment.</param>
    /// <param name="content">Writes <see cref="ElfSegment.FileSize"/> bytes to the stream it is given, no more and no
    /// fewer.</param>
    /// <exception cref="ArgumentException">The segment says what no file may: a size in the file above that in memory, an
    /// alignment that is no power of two, an end beyond the last address.</exception>
    public void AddSegment(ElfSegment segment, Action<Stream> content)
    {
        ArgumentNullException.ThrowIfNull(content);
        Add(segment, content);
    }

    /// <summary>Adds a segment.</summary>
    /// <param name="segment">The segment. Its <see cref="ElfSegment.FileOffset"/> is ignored; the content comes to lie where
    /// address and offset are congruent modulo the alignment.</param>
    /// <param name="content">The content. It is kept, not copied.</param>
    /// <exception cref="ArgumentException">The content has another size than <see cref="ElfSegment.FileSize"/>, or the segment
    /// says what no file may.</exception>
    public void AddSegment(ElfSegment segment, ReadOnlyMemory<byte> content)
    {
        if ((ulong)content.Length != segment.FileSize)
        {
            throw new ArgumentException(
                $"The content has {content.Length} bytes, and the segment's size in the file is "
                    + $"{segment.FileSize}.", nameof(content));
        }

        Add(segment, content.IsEmpty ? null : stream => stream.Write(content.Span));
    }

    /// <summary>Writes the file.</summary>
    /// <param name="stream">Where it goes, from where the stream is. It need not be able to seek.</param>
    /// <returns>How many bytes the file has.</returns>
    /// <exception cref="InvalidOperationException">The content of a segment is longer or shorter than its size in the file; or
    /// <see cref="LeavesHoles"/>, and the stream goes on behind where writing begins. What was written by then is no whole
    /// file.</exception>
    public long Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ElfSegment[] headers = Place(out ulong notesOffset);
        var output = new ElfOutput(stream, LeavesHoles);
        WriteHeaders(output, headers);
        int first = 0;
        if (_notes.WrittenCount != 0)
        {
            output.PadTo(notesOffset);
            output.Write(_notes.WrittenSpan);
            first = 1;
        }

        for (int i = 0; i < _segments.Count; i++)
        {
            if (_contents[i] is not { } content)
                continue;

            if (headers[first + i].FileSize != 0)
                output.PadTo(headers[first + i].FileOffset);

            using var segment = new SegmentStream(output, i, headers[first + i].FileSize);
            content(segment);
            segment.Complete();
        }

        output.Complete();
        return (long)output.Position;
    }

    private void Add(ElfSegment segment, Action<Stream>? content)
    {
        segment = segment with { FileOffset = 0 };
        if (segment.Type == ElfSegmentType.Null && segment.FileSize != 0)
            throw new ArgumentException("A program header that is not used (PT_NULL) has no content.", nameof(segment));

        if (segment.Alignment > 1 && !BitOperations.IsPow2(segment.Alignment))
        {
            throw new ArgumentException($"The alignment is 0x{segment.Alignment:x}; allowed are 0 and powers of "
                + "two.", nameof(segment));
        }

        if (ProgramHeaders.Problem(segment, isCore: true) is { } problem)
            throw new ArgumentException($"The segment {segment.Type}: {problem}", nameof(segment));

        _segments.Add(segment);
        _contents.Add(content);
    }

    /// <summary>Gives every segment its place.</summary>
    private ElfSegment[] Place(out ulong notesOffset)
    {
        int noteCount = _notes.WrittenCount != 0 ? 1 : 0;
        var headers = new ElfSegment[_segments.Count + noteCount];
        ulong end = Wire.HeaderSize + ((ulong)headers.Length * Wire.ProgramHeaderSize)
            + (headers.Length >= Wire.ManyProgramHeaders ? (ulong)Wire.SectionHeaderSize : 0);
        notesOffset = end;
        if (noteCount != 0)
        {
            // Notes of a core dump are no memory, so they have no address and no size there.
            headers[0] = new ElfSegment(
                ElfSegmentType.Note, ElfSegmentFlags.Read, end, (ulong)_notes.WrittenCount, 0, 0, 0, NoteAlignment);
            end += (ulong)_notes.WrittenCount;
        }

        for (int i = 0; i < _segments.Count; i++)
        {
            ElfSegment segment = _segments[i];
            ulong offset = Congruent(end, segment.VirtualAddress, Math.Max(1, segment.Alignment));
            if (offset > long.MaxValue || segment.FileSize > long.MaxValue - offset)
                throw new InvalidOperationException($"Segment {i} would end beyond the 2^63 - 1 bytes that a file may have.");

            headers[noteCount + i] = segment with { FileOffset = offset };
            if (segment.FileSize != 0)
                end = offset + segment.FileSize;
        }

        return headers;
    }

    /// <summary>The first offset from <paramref name="end"/> on that is congruent to an address.</summary>
    private static ulong Congruent(ulong end, ulong address, ulong alignment)
    {
        ulong offset = (end & ~(alignment - 1)) | (address & (alignment - 1));
        return offset >= end ? offset : offset + alignment;
    }

    private void WriteHeaders(ElfOutput output, ElfSegment[] segments)
    {
        bool hasMany = segments.Length >= Wire.ManyProgramHeaders;
        Span<byte> header = stackalloc byte[Wire.HeaderSize];
        header.Clear();
        Wire.Magic.CopyTo(header);
        header[4] = 2;
        header[5] = 1;
        header[6] = 1;
        header[7] = OsAbi;
        BinaryPrimitives.WriteUInt16LittleEndian(header[16..], (ushort)_type);
        BinaryPrimitives.WriteUInt16LittleEndian(header[18..], (ushort)_machine);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], 1);
        BinaryPrimitives.WriteUInt64LittleEndian(header[24..], Entry);
        BinaryPrimitives.WriteUInt64LittleEndian(header[32..], segments.Length == 0 ? 0UL : Wire.HeaderSize);
        BinaryPrimitives.WriteUInt64LittleEndian(
            header[40..], hasMany ? Wire.HeaderSize + ((ulong)segments.Length * Wire.ProgramHeaderSize) : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(header[48..], Flags);
        BinaryPrimitives.WriteUInt16LittleEndian(header[52..], Wire.HeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(header[54..], Wire.ProgramHeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(header[56..], hasMany ? Wire.ManyProgramHeaders : (ushort)segments.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(header[58..], Wire.SectionHeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(header[60..], hasMany ? (ushort)1 : (ushort)0);
        output.Write(header);

        Span<byte> entry = stackalloc byte[Wire.ProgramHeaderSize];
        foreach (ElfSegment segment in segments)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(entry, (uint)segment.Type);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], (uint)segment.Flags);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[8..], segment.FileOffset);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[16..], segment.VirtualAddress);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[24..], segment.PhysicalAddress);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[32..], segment.FileSize);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[40..], segment.MemorySize);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[48..], segment.Alignment);
            output.Write(entry);
        }

        if (!hasMany)
            return;

        // sh_size has the number of section headers, sh_info that of program headers.
        Span<byte> section = stackalloc byte[Wire.SectionHeaderSize];
        section.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(section[32..], 1);
        BinaryPrimitives.WriteUInt32LittleEndian(section[44..], (uint)segments.Length);
        output.Write(section);
    }

    private void AppendPadded(ReadOnlySpan<byte> bytes)
    {
        _notes.Write(bytes);
        int padding = -bytes.Length & ((int)NoteAlignment - 1);
        _notes.GetSpan(padding + 1)[..padding].Clear();
        _notes.Advance(padding);
    }
}
