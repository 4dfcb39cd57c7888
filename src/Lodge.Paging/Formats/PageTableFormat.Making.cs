namespace Lodge.Paging;

// What the makers of formats have in common.
public sealed partial class PageTableFormat
{
    /// <summary>The patterns whose bit 0 is clear.</summary>
    private const ulong EvenPatterns = 0x5555_5555_5555_5555;

    /// <summary>The set bits from one number up to, and without, another.</summary>
    private static ulong BitsFrom(int first, int end)
        => end <= first ? 0 : (end >= 64 ? ulong.MaxValue : (1UL << end) - 1) & ~((1UL << first) - 1);

    /// <summary>All patterns whose bits under a mask have a value.</summary>
    private static ulong Patterns(uint mask, uint value)
    {
        ulong patterns = 0;
        for (int i = 0; i < 64; i++)
        {
            if (((uint)i & mask) == value)
                patterns |= 1UL << i;
        }

        return patterns;
    }

    private static byte[] RightsTable(Func<int, PageRights> rightsOf)
    {
        byte[] table = new byte[16];
        for (int i = 0; i < table.Length; i++)
            table[i] = rightsOf(i).Bits;

        return table;
    }

    private static byte[] NoTableRights() => RightsTable(static _ => PageRights.All);

    private static MemoryAccess When(int bits, int bit, MemoryAccess access) => (bits & bit) != 0 ? access : MemoryAccess.None;

    private static MemoryAccess Unless(int bits, int bit, MemoryAccess access) => (bits & bit) == 0 ? access : MemoryAccess.None;

    private static void RequireBits(int bits, int least, int most, string name)
    {
        if (bits < least || bits > most)
            throw new ArgumentOutOfRangeException(name, bits, $"{name} is {bits}, and has to be from {least} to {most}.");
    }
}
