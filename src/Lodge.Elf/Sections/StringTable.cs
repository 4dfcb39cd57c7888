namespace Lodge.Elf;

/// <summary>Names in a row, each with a zero at its end.</summary>
internal sealed class StringTable
{
    private readonly ElfSource _source;
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly string _what;
    private readonly int _longest;

    private StringTable(ElfSource source, ReadOnlyMemory<byte> bytes, string what, int longest)
    {
        _source = source;
        _bytes = bytes;
        _what = what;
        _longest = longest;
    }

    public int Length => _bytes.Length;

    public static StringTable Empty(ElfSource source) => new(source, ReadOnlyMemory<byte>.Empty, "An empty string table", 1);

    public static StringTable Read(ElfSource source, ulong offset, ulong size, string what, ElfLimits limits)
    {
        source.RequireRange(offset, size, what);
        if (size > (ulong)limits.MostStringBytes)
        {
            throw source.Error(
                $"{what} has {size} bytes; allowed are {limits.MostStringBytes} (ElfLimits.MostStringBytes).");
        }

        return new StringTable(source, source.ReadMemory((long)offset, (int)size, what), what, limits.LongestName);
    }

    /// <summary>The bytes of a name.</summary>
    /// <param name="offset">Where it begins. An empty table has the empty name, at 0.</param>
    /// <param name="owner">Whose name, for a message: "Section".</param>
    /// <param name="index">Whose, by number.</param>
    /// <param name="field">The field the offset comes from.</param>
    public ReadOnlySpan<byte> Find(uint offset, string owner, int index, string field)
    {
        ReadOnlySpan<byte> bytes = _bytes.Span;
        if (bytes.IsEmpty && offset == 0)
            return [];

        if (offset >= (uint)bytes.Length)
            throw _source.Error($"{owner} {index}: {field} is {offset}, but {Lower(_what)} has {bytes.Length} bytes.");

        // No farther than a name may be long: thousands of names may point into the same long run of bytes.
        ReadOnlySpan<byte> rest = bytes[(int)offset..];
        int length = rest[..(int)Math.Min(rest.Length, (long)_longest + 1)].IndexOf((byte)0);
        if (length >= 0)
            return rest[..length];

        throw _source.Error(rest.Length > _longest
            ? $"{owner} {index}: the name at {offset} in {Lower(_what)} is longer than {_longest} bytes (ElfLimits.LongestName)."
            : $"{owner} {index}: the name at {offset} in {Lower(_what)} runs out of the table, which has {bytes.Length} bytes.");
    }

    /// <summary>A name that is known to be well.</summary>
    public ReadOnlySpan<byte> Get(uint offset)
    {
        ReadOnlySpan<byte> bytes = _bytes.Span;
        return bytes.IsEmpty ? [] : bytes[(int)offset..][..bytes[(int)offset..].IndexOf((byte)0)];
    }

    /// <summary>The first bytes of a name that is known to be well, at a cost that does not grow with the name.</summary>
    public ReadOnlySpan<byte> Peek(uint offset, int most)
    {
        ReadOnlySpan<byte> bytes = _bytes.Span;
        if (bytes.IsEmpty)
            return [];

        ReadOnlySpan<byte> start = bytes[(int)offset..];
        start = start[..Math.Min(start.Length, most)];
        int length = start.IndexOf((byte)0);
        return length < 0 ? start : start[..length];
    }

    /// <summary>Whether a name that is known to be well is this one.</summary>
    public bool Is(uint offset, ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> bytes = _bytes.Span;
        return bytes.IsEmpty ? name.IsEmpty
            : bytes[(int)offset..].StartsWith(name) && bytes[(int)offset + name.Length] == 0;
    }

    /// <summary>The offsets at which no name may begin, because it would be too long or run out of the table. With them each
    /// symbol is checked without a look at its name: a million may share a long one.</summary>
    public AddressMap FindFaults()
    {
        var faults = new List<AddressMap.Range>();
        ReadOnlySpan<byte> bytes = _bytes.Span;
        int start = 0;
        while (start < bytes.Length)
        {
            int length = bytes[start..].IndexOf((byte)0);
            if (length < 0)
            {
                faults.Add(new AddressMap.Range((ulong)start, (ulong)bytes.Length - 1, 0));
                break;
            }

            if (length > _longest)
                faults.Add(new AddressMap.Range((ulong)start, (ulong)(start + length - _longest - 1), 0));

            start += length + 1;
        }

        return AddressMap.Build(faults);
    }

    private static string Lower(string what) => char.ToLowerInvariant(what[0]) + what[1..];
}
