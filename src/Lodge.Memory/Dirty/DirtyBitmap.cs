using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Memory;

/// <summary>Which pages were written through Lodge: one bit a page, set by writers on any thread, taken by one harvester at a
/// time.</summary>
/// <remarks>
/// <para>Bit <c>n</c> of the bitmap, counted from the least significant bit of little-endian 64-bit words, stands for page
/// <c>n</c>. That is the order of KVM's dirty log (<c>KVM_GET_DIRTY_LOG</c>) and of vhost's (<c>VHOST_USER_SET_LOG_BASE</c>), so
/// those can be merged in (<see cref="Merge"/>) or written in place (<see cref="OverSharedMemory"/>).</para>
/// <para>A writer marks after it wrote, and only if the bit is not set yet, because a locked instruction for each write would
/// cost five times as much. The test alone can overtake the write it follows; so a harvest exchanges the words, then makes
/// every processor catch up (<see cref="Interlocked.MemoryBarrierProcessWide"/>), and only then gives out pages. A page may be
/// reported once too often and is never lost. In shared memory, whose harvester knows nothing of this, every mark is
/// locked.</para>
/// </remarks>
public sealed unsafe class DirtyBitmap
{
    private const int PagesPerWord = 64;

    private readonly HostMapping _memory;
    private readonly ulong* _words;
    private readonly ulong _pageCount;
    private readonly int _shift;
    private readonly bool _marksAreLocked;

    /// <summary>A bitmap in memory of its own, with all pages clean.</summary>
    /// <param name="size">How many bytes it covers. What it takes itself is one bit a page, as pages of it are first
    /// marked.</param>
    /// <param name="pageSize">What one bit stands for: 4 KiB if nothing is said.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is 0 or above 2^62 bytes.</exception>
    public DirtyBitmap(ulong size, PageSize pageSize = default)
        : this(HostMapping.ForCollectedObject(BytesFor(size, pageSize)), 0, size, pageSize, marksAreLocked: false)
    {
    }

    private DirtyBitmap(HostMapping memory, ulong offset, ulong size, PageSize pageSize, bool marksAreLocked)
    {
        _memory = memory;
        _words = (ulong*)(memory.Base + offset);
        _shift = pageSize.Shift;
        _pageCount = pageSize.PagesFor(size);
        _marksAreLocked = marksAreLocked;
        Size = size;
        PageSize = pageSize;
    }

    /// <summary>How many bytes the bitmap covers.</summary>
    public ulong Size { get; }

    /// <summary>What one bit stands for.</summary>
    public PageSize PageSize { get; }

    /// <summary>A bitmap in memory that another process or the kernel harvests, such as vhost's log. What is marked there
    /// stays.</summary>
    /// <param name="memory">The mapping that holds it.</param>
    /// <param name="offset">Where in the mapping it starts, in bytes: a multiple of 8.</param>
    /// <param name="size">How many bytes of guest memory it covers. The bitmap itself takes one bit a page, in whole 8-byte
    /// words.</param>
    /// <param name="pageSize">What one bit stands for: 4 KiB if nothing is said.</param>
    /// <exception cref="ArgumentOutOfRangeException">The bitmap does not lie in the mapping, or its offset is not a multiple of
    /// 8.</exception>
    public static DirtyBitmap OverSharedMemory(HostMapping memory, ulong offset, ulong size, PageSize pageSize = default)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ulong bytes = BytesFor(size, pageSize);
        if (offset % sizeof(ulong) != 0 || bytes > memory.Size || offset > memory.Size - bytes || !memory.IsWritable)
        {
            throw new ArgumentOutOfRangeException(
                nameof(offset),
                offset,
                $"A bitmap of {bytes} bytes needs a multiple of 8 that leaves it inside a writable mapping of {memory.Size} bytes.");
        }

        return new DirtyBitmap(memory, offset, size, pageSize, marksAreLocked: true);
    }

    /// <summary>How many bytes a bitmap takes: one bit a page, in whole 8-byte words.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The size is 0 or above 2^62 bytes.</exception>
    public static ulong BytesFor(ulong size, PageSize pageSize = default)
    {
        ArgumentOutOfRangeException.ThrowIfZero(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, 1UL << 62);
        return (pageSize.PagesFor(size) + PagesPerWord - 1) / PagesPerWord * sizeof(ulong);
    }

    /// <summary>Marks the pages of a range as written. Any thread; call it after the write.</summary>
    /// <param name="offset">The first byte, counted from what the bitmap's first page stands for.</param>
    /// <param name="length">How many bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range does not lie in the bitmap.</exception>
    public void Mark(ulong offset, ulong length)
    {
        ThrowUnlessCovered(offset, length);
        MarkUnchecked(offset, length);
    }

    /// <summary>Whether the page of a byte is marked. A glance: it harvests nothing and orders nothing.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The byte does not lie in the bitmap.</exception>
    public bool IsMarked(ulong offset)
    {
        ThrowUnlessCovered(offset, 1);
        ulong page = offset >> _shift;
        bool marked = (Volatile.Read(ref _words[page / PagesPerWord]) & Bit(page)) != 0;
        GC.KeepAlive(this);
        return marked;
    }

    /// <summary>Takes all marked pages and leaves the bitmap clean.</summary>
    /// <param name="pages">Receives the pages, instead of what it held; their addresses are offsets into what the bitmap
    /// covers.</param>
    /// <remarks>When this returns, everything written before a page's mark was taken is visible to the caller. One harvest at
    /// a time; writers go on meanwhile.</remarks>
    /// <exception cref="InvalidOperationException">The bitmap is somebody else's to harvest
    /// (<see cref="OverSharedMemory"/>).</exception>
    public void Harvest(DirtyPages pages)
    {
        ArgumentNullException.ThrowIfNull(pages);
        pages.Reset(PageSize);
        Take(0, Size, 0, pages);
        Interlocked.MemoryBarrierProcessWide();
    }

    /// <summary>Marks pages that were harvested but not dealt with, so that the next harvest gives them again.</summary>
    /// <param name="pages">Pages from this bitmap's <see cref="Harvest"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">They do not lie in the bitmap.</exception>
    public void PutBack(DirtyPages pages)
    {
        ArgumentNullException.ThrowIfNull(pages);
        foreach (GuestRange range in pages)
            Mark(range.Start.Value, Math.Min(range.Length, Size - range.Start.Value));
    }

    /// <summary>Marks the pages whose bits are set in a log of the same page size, such as KVM's.</summary>
    /// <param name="log">The log's words.</param>
    /// <param name="offset">What the log's first bit stands for, in bytes from what this bitmap's does: a multiple of 64
    /// pages.</param>
    /// <exception cref="ArgumentOutOfRangeException">The offset is not such a multiple, or a set bit lies behind the bitmap's
    /// end.</exception>
    public void Merge(ReadOnlySpan<ulong> log, ulong offset = 0)
    {
        ulong firstPage = offset >> _shift;
        if ((offset & (PageSize.Bytes - 1)) != 0 || firstPage % PagesPerWord != 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(offset), offset, $"A log starts at a multiple of {PagesPerWord} pages of {PageSize}.");
        }

        for (int i = 0; i < log.Length; i++)
        {
            if (log[i] == 0)
                continue;

            ulong page = firstPage + ((ulong)i * PagesPerWord);
            if (page >= _pageCount || (log[i] & ~ValidBits(page / PagesPerWord)) != 0)
                throw new ArgumentOutOfRangeException(nameof(log), $"Word {i} of the log marks pages behind the end of the bitmap.");

            Interlocked.Or(ref _words[page / PagesPerWord], log[i]);
        }

        GC.KeepAlive(this);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void MarkUnchecked(ulong offset, ulong length)
    {
        // In bounds: the caller's range lies in a region that was checked against Size. This object keeps the words mapped.
        ulong page = offset >> _shift;
        if (((offset + length - 1) >> _shift) == page && length != 0)
        {
            ulong* word = _words + (page / PagesPerWord);
            if (_marksAreLocked || (Volatile.Read(ref *word) & Bit(page)) == 0)
                MarkLocked(word, Bit(page));
        }
        else
        {
            MarkMany(offset, length);
        }
    }

    /// <summary>Moves the marks of a range into <paramref name="pages"/>. The caller issues the process-wide barrier
    /// afterwards.</summary>
    /// <param name="offset">The first byte, a multiple of the page size.</param>
    /// <param name="length">How many bytes.</param>
    /// <param name="address">The address by which the first byte goes in the result.</param>
    /// <param name="pages">Receives the pages.</param>
    internal void Take(ulong offset, ulong length, ulong address, DirtyPages pages)
    {
        if (_marksAreLocked)
            throw new InvalidOperationException("A bitmap in shared memory is harvested by whom it is shared with.");

        if (length == 0)
            return;

        ulong first = offset >> _shift;
        ulong last = (offset + length - 1) >> _shift;
        ulong firstWord = first / PagesPerWord;
        ulong lastWord = last / PagesPerWord;
        ulong firstMask = ulong.MaxValue << (int)(first % PagesPerWord);
        ulong lastMask = ulong.MaxValue >> (PagesPerWord - 1 - (int)(last % PagesPerWord));

        // May wrap below 0 where the range starts within a word; the bits that would be there are masked off.
        ulong addressOfPage0 = unchecked(address - offset);
        if (firstWord == lastWord)
        {
            TakePartOfWord(firstWord, firstMask & lastMask, addressOfPage0, pages);
        }
        else
        {
            TakePartOfWord(firstWord, firstMask, addressOfPage0, pages);
            TakeWords(firstWord + 1, lastWord, addressOfPage0, pages);
            TakePartOfWord(lastWord, lastMask, addressOfPage0, pages);
        }

        GC.KeepAlive(this);
    }

    private void TakePartOfWord(ulong word, ulong mask, ulong addressOfPage0, DirtyPages pages)
    {
        // In bounds, as in TakeWords. A locked instruction is only worth it where there is something.
        if ((Volatile.Read(ref _words[word]) & mask) == 0)
            return;

        ulong taken = Interlocked.And(ref _words[word], ~mask) & mask;
        pages.AddAnywhere(unchecked(addressOfPage0 + ((word * PagesPerWord) << _shift)), taken);
    }

    // Whether a word is clean cannot be predicted when some are, so many are tested at once and those that are not clean found by
    // the bits of the answer: one unpredictable branch for 32 words. A mark that comes behind us is the next harvest's.
    private void TakeWords(ulong begin, ulong end, ulong addressOfPage0, DirtyPages pages)
    {
        const int Block = 32;

        // In bounds: words up to the last page's lie in the bitmap's memory, which this object keeps mapped.
        ulong word = begin;
        bool isAligned = addressOfPage0 << (64 - 6 - _shift) == 0;
        for (; word < end && end - word >= Block; word += Block)
        {
            ulong* p = _words + word;
            uint dirty = DirtyWords(p) | (DirtyWords(p + 8) << 8) | (DirtyWords(p + 16) << 16) | (DirtyWords(p + 24) << 24);
            for (; dirty != 0; dirty &= dirty - 1)
                TakeWord(word + (ulong)BitOperations.TrailingZeroCount(dirty), addressOfPage0, isAligned, pages);
        }

        for (; word < end; word++)
        {
            if (_words[word] != 0)
                TakeWord(word, addressOfPage0, isAligned, pages);
        }
    }

    /// <summary>Which of 8 words are not zero, a bit each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint DirtyWords(ulong* words)
        => (uint)~Vector512.Equals(Vector512.Load(words), Vector512<ulong>.Zero).ExtractMostSignificantBits() & 0xFF;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void TakeWord(ulong word, ulong addressOfPage0, bool isAligned, DirtyPages pages)
    {
        ulong address = unchecked(addressOfPage0 + ((word * PagesPerWord) << _shift));
        ulong taken = Interlocked.Exchange(ref _words[word], 0);
        if (isAligned)
            pages.Add(address, taken);
        else
            pages.AddAnywhere(address, taken);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MarkMany(ulong offset, ulong length)
    {
        if (length == 0)
            return;

        ulong first = offset >> _shift;
        ulong last = (offset + length - 1) >> _shift;
        for (ulong word = first / PagesPerWord; word <= last / PagesPerWord; word++)
        {
            ulong mask = ulong.MaxValue;
            if (word == first / PagesPerWord)
                mask <<= (int)(first % PagesPerWord);

            if (word == last / PagesPerWord)
                mask &= ulong.MaxValue >> (PagesPerWord - 1 - (int)(last % PagesPerWord));

            if (_marksAreLocked || (Volatile.Read(ref _words[word]) & mask) != mask)
                MarkLocked(_words + word, mask);
        }
    }

    internal ulong* Words => _words;

    internal bool MarksAreLocked => _marksAreLocked;

    /// <summary>Sets bits that were seen clear, in a word of this bitmap.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MarkLocked(ulong* word, ulong mask)
    {
        Interlocked.Or(ref *word, mask);
        GC.KeepAlive(_memory);
    }

    private ulong ValidBits(ulong word)
    {
        ulong pagesFromHere = _pageCount - (word * PagesPerWord);
        return pagesFromHere >= PagesPerWord ? ulong.MaxValue : (1UL << (int)pagesFromHere) - 1;
    }

    private static ulong Bit(ulong page) => 1UL << (int)(page % PagesPerWord);

    private void ThrowUnlessCovered(ulong offset, ulong length)
    {
        if (length > Size || offset > Size - length)
        {
            throw new ArgumentOutOfRangeException(
                nameof(offset), offset, $"{length} bytes at offset 0x{offset:x} do not lie in a bitmap that covers 0x{Size:x} bytes.");
        }
    }
}
