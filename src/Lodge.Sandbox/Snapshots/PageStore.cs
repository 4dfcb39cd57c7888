using System.Runtime.InteropServices;

namespace Lodge.Sandbox;

/// <summary>Pages that go into a snapshot, equal ones once.</summary>
internal sealed class PageStore
{
    // Of pages with one hash. A guest can make as many of them as it likes; the others are kept without being compared.
    private const int MostCompared = 4;

    private readonly Dictionary<ulong, List<int>> _byHash = [];
    private readonly List<byte[]> _pages = [];

    /// <summary>How many pages there are.</summary>
    public int Count => _pages.Count;

    /// <summary>Adds a page, unless there is one like it.</summary>
    /// <returns>Its number.</returns>
    public int Add(ReadOnlySpan<byte> page)
    {
        ref List<int>? same = ref CollectionsMarshal.GetValueRefOrAddDefault(_byHash, HashOf(page), out _);
        same ??= [];
        foreach (int number in same)
        {
            if (_pages[number].AsSpan().SequenceEqual(page))
                return number;
        }

        if (same.Count < MostCompared)
            same.Add(_pages.Count);

        _pages.Add(page.ToArray());
        return _pages.Count - 1;
    }

    /// <summary>Copies all pages, one after the other.</summary>
    public void CopyTo(GuestSlice slice)
    {
        for (int number = 0; number < _pages.Count; number++)
            slice.CopyFrom((ulong)number * SandboxLayout.PageBytes, _pages[number]);
    }

    // Only to find what may be equal; whether it is, is compared.
    private static ulong HashOf(ReadOnlySpan<byte> page)
    {
        ulong hash = 0xCBF2_9CE4_8422_2325;
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(page))
            hash = System.Numerics.BitOperations.RotateLeft((hash ^ word) * 0x9E37_79B9_7F4A_7C15, 29);

        return hash;
    }
}
