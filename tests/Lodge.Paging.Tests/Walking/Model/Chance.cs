namespace Lodge.Paging.Tests;

/// <summary>Random choices that the generators of tables share.</summary>
internal static class Chance
{
    public static bool Percent(this Random random, int percent) => random.Next(100) < percent;

    /// <summary>Bits, each of them set with a probability; else 0.</summary>
    public static ulong Some(this Random random, ulong bits, int percent)
    {
        ulong result = 0;
        for (int i = 0; i < 64; i++)
        {
            if ((bits >> i) % 2 == 1 && random.Percent(percent))
                result |= 1UL << i;
        }

        return result;
    }

    public static ulong Any(this Random random) => (ulong)random.NextInt64(long.MinValue, long.MaxValue);

    public static T Of<T>(this Random random, params ReadOnlySpan<T> choices) => choices[random.Next(choices.Length)];

    /// <summary>An entry with a bit more or less, seldom.</summary>
    public static ulong Damaged(this Random random, ulong entry) => random.Percent(3) ? entry ^ (1UL << random.Next(64)) : entry;

    /// <summary>An address whose bits above the translated ones are copies of the highest of them, mostly.</summary>
    public static ulong NextCanonical(this Random random, int width)
    {
        ulong address = (ulong)((long)(random.Any() << (64 - width)) >> (64 - width));
        return random.Percent(5) ? address ^ (1UL << random.Next(width - 1, 64)) : address;
    }

    /// <summary>An address whose bits above the translated ones are 0, or all 1, mostly.</summary>
    public static ulong NextBelow(this Random random, int width, bool isUpper = false)
    {
        ulong address = random.Any() & ((1UL << width) - 1);
        if (isUpper)
            address |= ulong.MaxValue << width;

        return random.Percent(5) ? address ^ (1UL << random.Next(width, 64)) : address;
    }
}
