using System.Runtime.CompilerServices;

namespace Lodge.Paging;

/// <summary>Where an address leads, and what may be done there.</summary>
public readonly struct PageTranslation : IEquatable<PageTranslation>
{
    private readonly uint _details;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal PageTranslation(ulong address, ulong entry, int level, int pageShift, uint rights, MemoryType memoryType)
    {
        Address = address;
        Entry = entry;
        _details = (uint)level | ((uint)pageShift << 8) | (rights << 16) | ((uint)memoryType << 24);
    }

    /// <summary>The address that comes out: physical, or of the next stage.</summary>
    public GuestAddress Address { get; }

    /// <summary>The page's entry; 0 where translation is off.</summary>
    public ulong Entry { get; }

    /// <summary>The entry's level, 1 having the smallest pages; 0 where translation is off.</summary>
    public int Level => (byte)_details;

    /// <summary>The size of the page.</summary>
    public PageSize PageSize => PageShift == 0 ? default : PageSize.FromBytes(PageBytes);

    /// <summary>What may be done, on all levels and under the rules of the regime.</summary>
    public PageRights Rights => new(_details >> 16);

    /// <summary>The page's memory type.</summary>
    public MemoryType MemoryType => (MemoryType)(_details >> 24);

    /// <summary>How many bytes there are from <see cref="Address"/> to the page's end.</summary>
    public ulong BytesInPage => PageBytes - (Address.Value & (PageBytes - 1));

    internal ulong PageBytes => 1UL << PageShift;

    internal int PageShift => (byte)(_details >> 8);

    /// <summary>The same with another entry, for the same page.</summary>
    internal PageTranslation WithEntry(ulong entry)
        => new(Address.Value, entry, Level, PageShift, Rights.Bits, MemoryType);

    /// <summary>Whether two translations are the same.</summary>
    public static bool operator ==(PageTranslation left, PageTranslation right) => left.Equals(right);

    /// <summary>Whether two translations differ.</summary>
    public static bool operator !=(PageTranslation left, PageTranslation right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(PageTranslation other)
        => Address == other.Address && Entry == other.Entry && _details == other._details;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PageTranslation other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Address, Entry, _details);

    /// <summary>Address, page size, rights and memory type.</summary>
    public override string ToString()
        => PageShift == 0 ? "No translation." : $"{Address}, {PageSize} page, {Rights}, {MemoryType}";
}
