namespace Lodge.Fuzz;

/// <summary>Changes that need to know nothing of a format.</summary>
internal static class Mutations
{
    private const int LeastForFields = 16;

    /// <summary>A few changes of an input.</summary>
    /// <param name="random">Where chance comes from.</param>
    /// <param name="input">The input, which stays as it is.</param>
    /// <param name="other">Another, of which pieces may be taken.</param>
    /// <param name="mostBytes">How long the result may be.</param>
    public static byte[] Of(Random random, byte[] input, byte[] other, int mostBytes)
    {
        byte[] changed = (byte[])input.Clone();
        for (int count = random.Next(1, 5); count > 0; count--)
            changed = Once(random, changed, other);

        return changed.Length <= mostBytes ? changed : changed[..mostBytes];
    }

    private static byte[] Once(Random random, byte[] input, byte[] other)
    {
        if (input.Length < LeastForFields)
            return [.. input, .. Random(random, random.Next(1, LeastForFields))];

        int at = random.Next(input.Length);
        int length = random.Next(1, Math.Min(input.Length - at, 1 << random.Next(1, 12)) + 1);
        switch (random.Next(12))
        {
            case 0:
                input[at] ^= (byte)(1 << random.Next(8));
                return input;
            case 1:
                input[at] = (byte)random.Next(256);
                return input;
            case 2:
                return input[..at];
            case 3:
                return [.. input[..(at + length)], .. input[at..]];
            case 4:
                return [.. input[..at], .. input[(at + length)..]];
            case 5:
                int there = random.Next(2) == 0 ? Math.Min(at, other.Length) : random.Next(other.Length + 1);
                return [.. input[..at], .. other[there..]];
            case 6:
                return [.. input[..at], .. Random(random, length), .. input[at..]];
            case 7:
                int from = random.Next(input.Length - length + 1);
                input.AsSpan(from, length).CopyTo(input.AsSpan(at));
                return input;
            case 8:
                input.AsSpan(at, length).Fill((byte)(random.Next(2) * 255));
                return input;
            default:
                HostileInput.Mutate(random, input);
                return input;
        }
    }

    private static byte[] Random(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
