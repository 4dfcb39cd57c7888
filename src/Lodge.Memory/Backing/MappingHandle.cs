using System.Runtime.InteropServices;

namespace Lodge.Memory;

/// <summary>An address range of the process. Released when nothing can reach it any more, never earlier.</summary>
/// <remarks>
/// Disposal of memory and release of its addresses are two things. <see cref="Retire"/> does the first at once; the second
/// waits for the critical finalizer, because somebody may still hold a slice. A native holder (a machine's memory slot) keeps
/// the range with <see cref="SafeHandle.DangerousAddRef"/>, which works in whatever order finalizers run.
/// </remarks>
internal sealed unsafe class MappingHandle : SafeHandle
{
    private readonly IHostMemorySystem? _system;
    private int _retired;
    private bool _isCounted;

    /// <param name="system">Who releases the range; null where the memory is borrowed.</param>
    /// <param name="rangeStart">The start of the range, guard pages included.</param>
    /// <param name="rangeSize">The size of the range in bytes, guard pages included.</param>
    /// <param name="address">The first usable byte.</param>
    /// <param name="size">The usable size in bytes.</param>
    public MappingHandle(IHostMemorySystem? system, void* rangeStart, ulong rangeSize, byte* address, ulong size)
        : base(0, ownsHandle: system is not null)
    {
        _system = system;
        RangeStart = rangeStart;
        RangeSize = rangeSize;
        Address = address;
        Size = size;
        SetHandle((nint)rangeStart);
    }

    public override bool IsInvalid => handle == 0;

    public void* RangeStart { get; }

    public ulong RangeSize { get; }

    public byte* Address { get; }

    public ulong Size { get; }

    /// <summary>The bytes of a huge page, or 0.</summary>
    public ulong HugePageBytes { get; init; }

    /// <summary>Whether the pages are nobody's but this mapping's, and zero at first.</summary>
    public bool IsAnonymous { get; init; }

    /// <summary>Whether this is a view of a file, on systems that release those in their own way.</summary>
    public bool IsFileView { get; init; }

    public bool IsRetired => Volatile.Read(ref _retired) != 0;

    /// <summary>Swaps zero pages in; the second and later calls do nothing.</summary>
    public void Retire()
    {
        if (Interlocked.Exchange(ref _retired, 1) != 0 || _system is null)
            return;

        try
        {
            _system.Retire(this);
        }
        catch
        {
            // Refused, so it can be tried again.
            Volatile.Write(ref _retired, 0);
            throw;
        }

        CountForCollection();
    }

    /// <summary>Counts the range among those that only wait for the garbage collector. The second time does nothing.</summary>
    public void CountForCollection()
    {
        if (_isCounted)
            return;

        _isCounted = true;
        RetiredRanges.Add(RangeSize);
    }

    protected override bool ReleaseHandle()
    {
        if (_isCounted)
            RetiredRanges.Remove(RangeSize);

        return _system!.Release(this);
    }
}
