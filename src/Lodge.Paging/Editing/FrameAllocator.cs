using System.Numerics;

namespace Lodge.Paging;

/// <summary>Hands out the frames of one range of physical memory.</summary>
/// <remarks>One bit a frame of 4 KiB; a search goes on where the last one ended. Thread-safe.</remarks>
public sealed class FrameAllocator : IFrameAllocator
{
    private const int FrameShift = 12;
    private const int WordShift = 6;

    // A set bit is a frame that is in use, or lies behind the end.
    private readonly ulong[] _used;
    private readonly Lock _lock = new();
    private readonly ulong _firstFrame;
    private readonly ulong _frameCount;
    private ulong _freeFrames;
    private int _nextWord;

    /// <summary>An allocator of all frames of a range.</summary>
    /// <param name="range">The range: a multiple of 4 KiB, at most 8 TiB.</param>
    /// <exception cref="ArgumentException">The range is empty, too long, or not made of whole frames.</exception>
    public FrameAllocator(GuestRange range)
    {
        if (range.IsEmpty || !range.IsAligned(FrameBytes) || range.Length > MostBytes)
        {
            throw new ArgumentException(
                $"{range} is not a range of whole frames of {FrameBytes} bytes, of at most 8 TiB.", nameof(range));
        }

        Range = range;
        _firstFrame = range.Start.Value >> FrameShift;
        _frameCount = _freeFrames = range.Length >> FrameShift;

        // Words are aligned to addresses, so that aligned pieces are aligned bits.
        ulong before = _firstFrame & 63;
        ulong words = (before + _frameCount + 63) >> WordShift;
        _used = new ulong[words];
        Mark(0, before);
        Mark(before + _frameCount, (words << WordShift) - before - _frameCount);
    }

    /// <summary>The size of the smallest piece, 4 KiB.</summary>
    public const ulong FrameBytes = 1UL << FrameShift;

    /// <summary>The longest range, 8 TiB.</summary>
    public const ulong MostBytes = 1UL << 43;

    /// <summary>The range that frames are of.</summary>
    public GuestRange Range { get; }

    /// <summary>How many bytes are not in use.</summary>
    public ulong FreeBytes
    {
        get
        {
            lock (_lock)
                return _freeFrames << FrameShift;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The size is not a power of two, or below 4 KiB.</exception>
    public bool TryAllocate(ulong size, out GuestAddress frame)
    {
        ulong frames = FramesOf(size);
        lock (_lock)
        {
            ulong bit = 0;
            bool found = frames <= _freeFrames
                && (frames < 64 ? TryFindInWord((int)frames, out bit) : TryFindWords(frames, out bit));
            if (found)
            {
                Mark(bit, frames);
                _freeFrames -= frames;
            }

            frame = found ? AddressOf(bit) : default;
            return found;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The size is not a power of two, or below 4 KiB.</exception>
    public bool Free(GuestAddress frame, ulong size)
    {
        ulong frames = FramesOf(size);
        if (!frame.IsAligned(size) || !GuestRange.TryCreate(frame, size, out GuestRange piece) || !Range.Contains(piece))
            return false;

        ulong bit = (frame.Value >> FrameShift) - (_firstFrame & ~63UL);
        lock (_lock)
        {
            if (!AreUsed(bit, frames))
                return false;

            Clear(bit, frames);
            _freeFrames += frames;
            return true;
        }
    }

    private static ulong FramesOf(ulong size)
    {
        if (!BitOperations.IsPow2(size) || size < FrameBytes)
            throw new ArgumentOutOfRangeException(nameof(size), size, "A piece is a power of two of at least 4096 bytes.");

        return size >> FrameShift;
    }

    private GuestAddress AddressOf(ulong bit) => ((_firstFrame & ~63UL) + bit) << FrameShift;

    private bool TryFindInWord(int frames, out ulong bit)
    {
        for (int i = 0; i < _used.Length; i++)
        {
            int index = _nextWord + i;
            index -= index >= _used.Length ? _used.Length : 0;
            ulong starts = AlignedRuns(~_used[index], frames);
            if (starts != 0)
            {
                _nextWord = index;
                bit = ((ulong)index << WordShift) + (ulong)BitOperations.TrailingZeroCount(starts);
                return true;
            }
        }

        bit = 0;
        return false;
    }

    /// <summary>The aligned bits at which so many set bits begin.</summary>
    private static ulong AlignedRuns(ulong free, int length)
    {
        ulong everyOther = 0x5555_5555_5555_5555;
        for (int width = 1; width < length; width *= 2)
        {
            free &= free >> width;
            free &= everyOther;

            // The next width keeps one start in two of those that are left.
            everyOther &= width switch
            {
                1 => 0x1111_1111_1111_1111,
                2 => 0x0101_0101_0101_0101,
                4 => 0x0001_0001_0001_0001,
                8 => 0x0000_0001_0000_0001,
                _ => 1,
            };
        }

        return free;
    }

    private bool TryFindWords(ulong frames, out ulong bit)
    {
        // A piece is aligned to its size in addresses, and words are numbered from an aligned one only if the range begins so.
        ulong words = frames >> WordShift;
        ulong firstWord = _firstFrame >> WordShift;
        ulong start = ((firstWord + words - 1) & ~(words - 1)) - firstWord;
        for (; start + words <= (ulong)_used.Length; start += words)
        {
            if (!_used.AsSpan((int)start, (int)words).ContainsAnyExcept(0UL))
            {
                bit = start << WordShift;
                return true;
            }
        }

        bit = 0;
        return false;
    }

    private bool AreUsed(ulong bit, ulong count)
    {
        for (ulong end = bit + count; bit < end;)
        {
            (int index, ulong mask, ulong covered) = WordAt(bit, end);
            if ((_used[index] & mask) != mask)
                return false;

            bit += covered;
        }

        return true;
    }

    private void Mark(ulong bit, ulong count)
    {
        for (ulong end = bit + count; bit < end;)
        {
            (int index, ulong mask, ulong covered) = WordAt(bit, end);
            _used[index] |= mask;
            bit += covered;
        }
    }

    private void Clear(ulong bit, ulong count)
    {
        for (ulong end = bit + count; bit < end;)
        {
            (int index, ulong mask, ulong covered) = WordAt(bit, end);
            _used[index] &= ~mask;
            bit += covered;
        }
    }

    /// <summary>The word of a bit, and which of its bits lie before an end.</summary>
    private static (int Index, ulong Mask, ulong Covered) WordAt(ulong bit, ulong end)
    {
        ulong first = bit & 63;
        ulong covered = Math.Min(64 - first, end - bit);
        ulong mask = (covered == 64 ? ulong.MaxValue : (1UL << (int)covered) - 1) << (int)first;
        return ((int)(bit >> WordShift), mask, covered);
    }
}
