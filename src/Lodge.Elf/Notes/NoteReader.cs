using System.Buffers.Binary;

namespace Lodge.Elf;

/// <summary>Reads notes one by one: a header of three 32-bit words, the owner's name and the content, each padded to the
/// alignment.</summary>
internal static class NoteReader
{
    private const uint SmallAlignment = 4;
    private const uint LargeAlignment = 8;

    /// <summary>The notes of all note segments; of note sections where there are no segments at all.</summary>
    public static IEnumerable<ElfNote> Read(
        ElfSource source, ElfLimits limits, ElfSegment[] segments, Func<IReadOnlyList<ElfSection>> sections)
    {
        // One budget for all: a thousand headers may name the same bytes.
        long left = limits.MostNoteBytes;
        int count = 0;
        foreach (Place place in segments.Length != 0 ? Places(segments) : Places(sections()))
        {
            left = Spend(source, limits, place, left);
            foreach (ElfNote note in Read(source, limits, place))
            {
                if (++count > limits.MostNotes)
                    throw source.Error($"There are more than {limits.MostNotes} notes (ElfLimits.MostNotes).");

                yield return note;
            }
        }
    }

    private static IEnumerable<Place> Places(ElfSegment[] segments)
    {
        for (int i = 0; i < segments.Length; i++)
        {
            ElfSegment segment = segments[i];
            if (segment.Type == ElfSegmentType.Note)
                yield return new Place($"Program header {i} (Note)", segment.FileOffset, segment.FileSize, segment.Alignment);
        }
    }

    private static IEnumerable<Place> Places(IReadOnlyList<ElfSection> sections)
    {
        for (int i = 0; i < sections.Count; i++)
        {
            ElfSection section = sections[i];
            if (section.Type == ElfSectionType.Note)
                yield return new Place($"Section {i} (Note)", section.FileOffset, section.Size, section.Alignment);
        }
    }

    private static long Spend(ElfSource source, ElfLimits limits, Place place, long left)
    {
        if (place.Size > (ulong)left)
        {
            throw source.Error($"{place.What}: with its 0x{place.Size:x} bytes notes take more than {limits.MostNoteBytes} bytes "
                + "(ElfLimits.MostNoteBytes).");
        }

        return left - (long)place.Size;
    }

    private static IEnumerable<ElfNote> Read(ElfSource source, ElfLimits limits, Place place)
    {
        if (place.Size == 0)
            yield break;

        source.RequireRange(place.Offset, place.Size, place.What);
        if (place.Alignment is not (0 or 1 or 2 or SmallAlignment or LargeAlignment))
            throw source.Error($"{place.What}: the alignment of notes is 0x{place.Alignment:x}; allowed are 4 and 8.");

        // From here on all arithmetic stays below 2^63 + 2^34.
        ulong alignment = place.Alignment == LargeAlignment ? LargeAlignment : SmallAlignment;
        ulong position = 0;
        while (TryReadHeader(source, place, position, out uint nameSize, out uint contentSize, out uint type))
        {
            ulong contentStart = AlignUp(position + Wire.NoteHeaderSize + nameSize, alignment);
            ulong contentEnd = contentStart + contentSize;
            if (position + Wire.NoteHeaderSize + nameSize > place.Size || (contentSize != 0 && contentEnd > place.Size))
            {
                throw source.Error($"{place.What}: the note at 0x{position:x} has n_namesz 0x{nameSize:x} and n_descsz "
                    + $"0x{contentSize:x}, which do not lie in the 0x{place.Size:x} bytes of notes.");
            }

            if (nameSize > (uint)limits.LongestName)
            {
                throw source.Error($"{place.What}: the note at 0x{position:x} has n_namesz {nameSize}; allowed are "
                    + $"{limits.LongestName} (ElfLimits.LongestName).");
            }

            if (contentSize > (uint)limits.LargestNote)
            {
                throw source.Error($"{place.What}: the note at 0x{position:x} has n_descsz {contentSize}; allowed are "
                    + $"{limits.LargestNote} (ElfLimits.LargestNote).");
            }

            string owner = ReadOwner(source, place, position + Wire.NoteHeaderSize, (int)nameSize);
            long fileOffset = (long)Math.Min(place.Offset + contentStart, place.Offset + place.Size);
            byte[] content = new byte[contentSize];
            source.ReadExactly(fileOffset, content, place.What);
            yield return new ElfNote(owner, type, content, fileOffset);

            position = AlignUp(contentEnd, alignment);
        }
    }

    /// <summary>False at the end, where fewer bytes than a header are left; they must be padding.</summary>
    private static bool TryReadHeader(
        ElfSource source, Place place, ulong position, out uint nameSize, out uint contentSize, out uint type)
    {
        nameSize = 0;
        contentSize = 0;
        type = 0;
        if (position >= place.Size)
            return false;

        ulong left = place.Size - position;
        Span<byte> bytes = stackalloc byte[Wire.NoteHeaderSize];
        bytes = bytes[..(int)Math.Min(left, Wire.NoteHeaderSize)];
        source.ReadExactly((long)(place.Offset + position), bytes, place.What);
        if (bytes.Length < Wire.NoteHeaderSize)
        {
            return !bytes.ContainsAnyExcept((byte)0) ? false : throw source.Error(
                $"{place.What}: {left} bytes are left at 0x{position:x}, but the header of a note has {Wire.NoteHeaderSize}.");
        }

        nameSize = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        contentSize = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        type = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        return true;
    }

    private static string ReadOwner(ElfSource source, Place place, ulong position, int size)
    {
        byte[] bytes = new byte[size];
        source.ReadExactly((long)(place.Offset + position), bytes, place.What);

        // The size counts the zero at the end; some writers leave it out.
        int length = bytes.AsSpan().IndexOf((byte)0);
        return Text.Decode(bytes.AsSpan(0, length < 0 ? size : length));
    }

    private static ulong AlignUp(ulong value, ulong alignment) => (value + alignment - 1) & ~(alignment - 1);

    private readonly record struct Place(string What, ulong Offset, ulong Size, ulong Alignment);
}
