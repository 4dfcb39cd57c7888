using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Lodge.Machines;

/// <content>Memory that is read and written in one atomic step.</content>
internal sealed unsafe partial class Processor
{
    private const int CacheLineBytes = 64;

    /// <summary>As <see cref="TryFindWritable"/>, for memory that the host's processor can read and write in one step.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryFindAtomic(ulong address, int size, out byte* host)
        => TryFindWritable(address, size, out host) && IsAtomic(host, size);

    // On x86 a lock across cache lines works, but it stops all processors of the host, and some systems end a process for it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsAtomic(byte* host, int size)
        => X86Base.IsSupported
            ? ((nuint)host & (CacheLineBytes - 1)) <= (nuint)(CacheLineBytes - size)
            : ((nuint)host & (nuint)(size - 1)) == 0;

    /// <summary>Does it where <see cref="IsAtomic"/> holds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Change<TOperation, TSize>(ref MicroOp op, byte* host, out ulong value, out ulong result)
        where TOperation : struct, IAtomicOperation
        where TSize : struct, IOperandSize
    {
        do
        {
            value = TSize.Load(host);
            result = TOperation.Compute<TSize>(this, ref op, value);
        }
        while (TSize.CompareExchange(host, result, value) != value);
    }

    /// <summary>Does it where the TLB does not have the memory, and where it is in no one place: there it is atomic for other
    /// operations of this kind only.</summary>
    /// <returns>False where the instruction has to stop.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal bool TryChangeSlow<TOperation, TSize>(ref MicroOp op, ulong address, out ulong value, out ulong result)
        where TOperation : struct, IAtomicOperation
        where TSize : struct, IOperandSize
    {
        int size = TSize.Bytes;
        value = 0;
        result = 0;
        if (_checksAlignment && !IsAligned(ref op, address, size))
            return false;

        if (BytesInPage(address, size) == size)
        {
            WriteTarget target = LocateForWriting(ref op, address, size);
            if (target.Placement == Placement.Failed)
                return false;

            if (target.Placement == Placement.Memory && IsAtomic(target.Host, size))
            {
                Change<TOperation, TSize>(ref op, target.Host, out value, out result);
                InvalidateCode(target, size);
                return true;
            }
        }

        using Lock.Scope _ = _machine.SplitLock.EnterScope();
        if (!ReadForWriteSlow(ref op, address, size))
            return false;

        value = (ulong)_scratch;
        result = TOperation.Compute<TSize>(this, ref op, value);
        return WriteSlow(ref op, address, size, result);
    }
}
