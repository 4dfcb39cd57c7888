using System.Runtime.CompilerServices;

namespace Lodge.Paging;

/// <summary>A page table: its format, and where its root lies.</summary>
public sealed class PageTable
{
    // Of the format, which works them out.
    private readonly ulong _addressBias;
    private readonly ulong _outsideMask;
    private readonly int _ignoredTopBits;

    /// <summary>The table at an address.</summary>
    /// <param name="format">The format.</param>
    /// <param name="root">Where the root is; bits below the root's alignment are cleared, as processors do.</param>
    public PageTable(PageTableFormat format, GuestAddress root)
    {
        ArgumentNullException.ThrowIfNull(format);
        Format = format;
        _addressBias = format.AddressBias;
        _outsideMask = format.OutsideMask;
        _ignoredTopBits = format.IgnoredTopBits;
        Root = root.AlignDown(format.Root.TableBytes);
    }

    /// <summary>The format.</summary>
    public PageTableFormat Format { get; }

    /// <summary>The address of the root in the space that the tables are read from.</summary>
    public GuestAddress Root { get; }

    /// <summary>As <see cref="PageTableFormat.Translates"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool Translates(ulong address)
        => (((ulong)((long)(address << _ignoredTopBits) >> _ignoredTopBits) + _addressBias) & _outsideMask) == 0;

    /// <summary>The format and the root.</summary>
    public override string ToString() => $"{Format} at {Root}";
}
