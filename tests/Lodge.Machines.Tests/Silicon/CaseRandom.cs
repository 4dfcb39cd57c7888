namespace Lodge.Machines.Tests.Silicon;

/// <summary>Random numbers that are the same in every run with the same seed (SplitMix64).</summary>
internal sealed class CaseRandom(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        ulong z = _state += 0x9E37_79B9_7F4A_7C15;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }

    /// <summary>A number from 0 to <paramref name="limit"/> - 1.</summary>
    public int Below(int limit) => (int)Math.BigMul(Next(), (ulong)limit, out _);

    /// <summary>A number from <paramref name="first"/> to <paramref name="last"/>.</summary>
    public int Between(int first, int last) => first + Below(last - first + 1);

    public bool Percent(int chance) => Below(100) < chance;

    public T Pick<T>(ReadOnlySpan<T> items) => items[Below(items.Length)];

    /// <summary>Numbers for one case of many, which depend on nothing that was drawn for another.</summary>
    public static CaseRandom ForCase(ulong seed, ulong index) => new(new CaseRandom(seed).Next() ^ new CaseRandom(~index).Next());
}
