namespace Lodge.Sandbox.Tests;

/// <content>Bytes that somebody has changed.</content>
internal static partial class HostileInput
{
    /// <summary>What stands for 32 bits in the hands of an attacker; the lower bits are tried in narrower fields.</summary>
    public static ReadOnlySpan<ulong> Extremes
        => [
            0, 1, 4, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xfffe, 0xffff, 0x1_0000, 0x7fff_fffc, 0x7fff_ffff, 0x8000_0000,
            0xffff_fff8, 0xffff_fffc, 0xffff_fffe, 0xffff_ffff, 0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000,
            0xffff_ffff_ffff_f000, 0xffff_ffff_ffff_fff8, 0xffff_ffff_ffff_ffff,
        ];

    /// <summary>The bytes with every field that may begin anywhere at its size's alignment set to every extreme.</summary>
    public static IEnumerable<(byte[] Bytes, string What)> WithExtremes(byte[] bytes, params int[] sizes)
    {
        foreach (int size in sizes)
        {
            ulong mask = size == 8 ? ulong.MaxValue : (1UL << (8 * size)) - 1;
            ulong[] values = [.. Extremes.ToArray().Where(value => value <= mask).Append((ulong)bytes.Length & mask)];
            for (int at = 0; at + size <= bytes.Length; at += size)
            {
                foreach (ulong value in values)
                {
                    byte[] changed = (byte[])bytes.Clone();
                    Set(changed, at, size, value);
                    yield return (changed, $"{size} bytes at 0x{at:x} = 0x{value:x}");
                }
            }
        }
    }

    /// <summary>Changes a few fields somewhere.</summary>
    public static void Mutate(Random random, byte[] bytes)
    {
        for (int changes = random.Next(1, 6); changes > 0; changes--)
        {
            int size = 1 << random.Next(4);
            int at = random.Next(bytes.Length / size) * size;
            ulong value = random.Next(4) switch
            {
                0 => (ulong)random.NextInt64(long.MinValue, long.MaxValue),
                1 => Extremes[random.Next(Extremes.Length)],
                2 => (ulong)random.Next(-bytes.Length, bytes.Length),
                _ => BitConverter.ToUInt64([.. bytes.AsSpan(random.Next(bytes.Length - 8), 8)]),
            };
            Set(bytes, at, size, value);
        }
    }

    public static void Set(byte[] bytes, int at, int size, ulong value)
        => BitConverter.GetBytes(value).AsSpan(0, size).CopyTo(bytes.AsSpan(at));
}
