namespace Lodge.Memory;

/// <summary>Lays out a guest's memory: parts pushed one after another, each of whole pages, without gaps.</summary>
/// <example><code>
/// RegionLayout layout = new RegionLayoutBuilder(0x4000)
///     .Push("code", image.Length, MemoryAccess.ReadExecute)
///     .Push("heap", 128 &lt;&lt; 10, MemoryAccess.ReadWrite)
///     .Build();
/// GuestMemory memory = GuestMemory.Create(layout.Allocate());
/// </code></example>
public sealed class RegionLayoutBuilder
{
    private readonly List<LayoutPart> _parts = [];
    private readonly PageSize _pageSize;
    private readonly GuestAddress _start;

    /// <summary>A layout that starts at an address.</summary>
    /// <param name="start">The first part's address, a multiple of the page size.</param>
    /// <param name="pageSize">What parts are rounded up to: 4 KiB if nothing is said.</param>
    /// <exception cref="ArgumentException">The start is no multiple of the page size.</exception>
    public RegionLayoutBuilder(GuestAddress start, PageSize pageSize = default)
    {
        if (!start.IsAligned(pageSize.Bytes))
            throw new ArgumentException($"A layout starts at a multiple of {pageSize}, and {start} is none.", nameof(start));

        _start = start;
        _pageSize = pageSize;
    }

    /// <summary>The size of the parts so far, in bytes.</summary>
    public ulong Size { get; private set; }

    /// <summary>Puts a part behind those so far.</summary>
    /// <param name="label">What it is. Labels are unique.</param>
    /// <param name="size">Its size in bytes; rounded up to whole pages. A part without bytes is left out.</param>
    /// <param name="permissions">What the guest may do there.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException">There is a part with that label.</exception>
    /// <exception cref="OverflowException">The part would pass 2^64.</exception>
    public RegionLayoutBuilder Push(string label, ulong size, MemoryAccess permissions)
    {
        ArgumentException.ThrowIfNullOrEmpty(label);
        if (_parts.Exists(part => part.Label == label))
            throw new ArgumentException($"There is a part \"{label}\" already.", nameof(label));

        if (size == 0)
            return this;

        ulong wholePages = Alignment.Up(size, _pageSize.Bytes);
        ulong total = checked(Size + wholePages);
        if (!GuestRange.TryCreate(_start, total, out _))
            throw new OverflowException($"The part \"{label}\" of 0x{wholePages:x} bytes would pass 2^64.");

        _parts.Add(new LayoutPart(label, new GuestRange(_start + Size, wholePages), permissions, size));
        Size = total;
        return this;
    }

    /// <summary>The layout of the parts so far.</summary>
    /// <exception cref="InvalidOperationException">There are none.</exception>
    public RegionLayout Build()
        => _parts.Count != 0 ? new RegionLayout([.. _parts]) : throw new InvalidOperationException("A layout has at least one part.");
}
