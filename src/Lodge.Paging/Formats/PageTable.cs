namespace Lodge.Paging;

/// <summary>A page table: its format, and where its root lies.</summary>
public sealed class PageTable
{
    /// <summary>The table at an address.</summary>
    /// <param name="format">The format.</param>
    /// <param name="root">Where the root is; bits below the root's alignment are cleared, as processors do.</param>
    public PageTable(PageTableFormat format, GuestAddress root)
    {
        ArgumentNullException.ThrowIfNull(format);
        Format = format;
        Root = root.AlignDown(format.Root.TableBytes);
    }

    /// <summary>The format.</summary>
    public PageTableFormat Format { get; }

    /// <summary>The address of the root in the space that the tables are read from.</summary>
    public GuestAddress Root { get; }

    /// <summary>The format and the root.</summary>
    public override string ToString() => $"{Format} at {Root}";
}
