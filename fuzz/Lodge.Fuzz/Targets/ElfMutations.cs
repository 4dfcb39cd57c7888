using System.Buffers.Binary;

namespace Lodge.Fuzz;

/// <summary>Changes of ELF files where it matters: the header, the tables that it leads to, and what those lead to.</summary>
internal static class ElfMutations
{
    private const int HeaderBytes = 64;
    private const int SegmentBytes = 56;
    private const int SectionBytes = 64;

    public static byte[] Of(Random random, byte[] input, byte[] other, int mostBytes)
    {
        if (input.Length < HeaderBytes || random.Next(3) == 0)
            return Mutations.Of(random, input, other, mostBytes);

        byte[] changed = (byte[])input.Clone();
        for (int count = random.Next(1, 5); count > 0; count--)
        {
            (long start, int length) = Place(random, changed);
            if (start < 0 || start > changed.Length - 8 || length < 8)
                (start, length) = (0, HeaderBytes);

            Change(random, changed.AsSpan((int)start, (int)Math.Min(length, changed.Length - start)), changed.Length);
        }

        return changed;
    }

    private static (long Start, int Length) Place(Random random, byte[] file)
    {
        int segments = Half(file, 56);
        int sections = Half(file, 60);
        switch (random.Next(6))
        {
            case 0:
                return (0, HeaderBytes);
            case 1 when sections != 0:
                return (Long(file, 40) + (random.Next(sections) * SectionBytes), SectionBytes);
            case 2 when sections != 0:
                return Content(random, file, Long(file, 40) + (random.Next(sections) * SectionBytes) + 24, sizeBehind: 8);
            case 3 or 4 when segments != 0:
                return Content(random, file, Long(file, 32) + (random.Next(segments) * SegmentBytes) + 8, sizeBehind: 24);
            default:
                return (Long(file, 32) + (random.Next(Math.Max(1, segments)) * SegmentBytes), SegmentBytes);
        }
    }

    /// <summary>Somewhere in what a table's entry leads to.</summary>
    private static (long Start, int Length) Content(Random random, byte[] file, long offset, int sizeBehind)
    {
        if (offset < 0 || offset > file.Length - sizeBehind - 8)
            return (0, 0);

        long start = Long(file, offset);
        long size = Math.Min(Long(file, offset + sizeBehind), file.Length);
        return size < 8 ? (0, 0) : (unchecked(start + (random.NextInt64(size / 8) * 8)), 64);
    }

    private static void Change(Random random, Span<byte> place, int fileBytes)
    {
        int size = 1 << random.Next(4);
        Span<byte> field = place.Slice(random.Next(place.Length / size) * size, size);
        Span<byte> word = stackalloc byte[8];
        word.Clear();
        field.CopyTo(word);
        ulong old = BinaryPrimitives.ReadUInt64LittleEndian(word);
        ulong value = random.Next(6) switch
        {
            0 => HostileInput.Extremes[random.Next(HostileInput.Extremes.Length)],
            1 => unchecked(old + (ulong)random.Next(-64, 65)),
            2 => (ulong)random.Next(fileBytes + 2),
            3 => old ^ (1ul << random.Next(8 * size)),
            4 => unchecked(0 - old),
            _ => (ulong)random.Next(40),
        };
        BinaryPrimitives.WriteUInt64LittleEndian(word, value);
        word[..size].CopyTo(field);
    }

    private static int Half(byte[] file, int at) => BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(at));

    private static long Long(byte[] file, long at) => BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan((int)at));
}
