using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <content>Access to memory. What the TLB has goes straight to host memory; everything else takes the slow path, which knows
/// devices, memory that is not writable, code, and accesses across pages.</content>
/// <remarks>An access happens as a whole or not at all, so that an instruction can be executed again.</remarks>
internal sealed unsafe partial class Processor
{
    // What a slow read gives and a slow write takes: its address would keep a local out of registers.
    private UInt128 _scratch;

    // Whether the access is the stack's, whatever the instruction's operand is.
    private bool _isStackAccess;

    /// <summary>Reads from a guest-virtual address.</summary>
    /// <returns>False where the instruction has to stop.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryRead<TSize>(ref MicroOp op, ulong address, out ulong value) where TSize : IOperandSize
    {
        TlbEntry* entry = _readEntries + ((address >> TlbEntry.PageShift) & (SoftTlb.EntryCount - 1));

        // The last byte's page against the first byte's entry: an access across pages misses.
        if (((address + (ulong)(TSize.Bytes - 1)) & TlbEntry.PageMask) == entry->Tag)
        {
            value = TSize.Load((byte*)(address + entry->Addend));
            return true;
        }

        bool done = ReadSlow(ref op, address, TSize.Bytes);
        value = (ulong)_scratch;
        return done;
    }

    /// <summary>Writes to a guest-virtual address.</summary>
    /// <returns>False where the instruction has to stop.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryWrite<TSize>(ref MicroOp op, ulong address, ulong value) where TSize : IOperandSize
    {
        TlbEntry* entry = _writeEntries + ((address >> TlbEntry.PageShift) & (SoftTlb.EntryCount - 1));
        if (((address + (ulong)(TSize.Bytes - 1)) & TlbEntry.PageMask) == entry->Tag)
        {
            TSize.Store((byte*)(address + entry->Addend), value);
            return true;
        }

        return WriteSlow(ref op, address, TSize.Bytes, value);
    }

    /// <summary>The place in the host of what is written as a whole or read and written, where it is ordinary memory that the TLB
    /// has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryFindWritable(ulong address, int size, out byte* host)
    {
        TlbEntry* entry = _writeEntries + ((address >> TlbEntry.PageShift) & (SoftTlb.EntryCount - 1));
        host = (byte*)(address + entry->Addend);
        return ((address + (ulong)(size - 1)) & TlbEntry.PageMask) == entry->Tag;
    }

    /// <summary>The place in the host of what is read, where it is ordinary memory that the TLB has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryFindReadable(ulong address, int size, out byte* host)
    {
        TlbEntry* entry = _readEntries + ((address >> TlbEntry.PageShift) & (SoftTlb.EntryCount - 1));
        host = (byte*)(address + entry->Addend);
        return ((address + (ulong)(size - 1)) & TlbEntry.PageMask) == entry->Tag;
    }

    /// <summary>Reads up to 16 bytes the long way, into <see cref="Scratch"/>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal bool ReadSlow(ref MicroOp op, ulong address, int size)
    {
        if (_checksAlignment && !IsAligned(ref op, address, size))
            return false;

        UInt128 value = 0;
        int here = BytesInPage(address, size);
        if (here < size && !IsRangeCanonical(ref op, address, size))
            return false;

        if (!ReadPart(ref op, address, here, (byte*)&value))
            return false;

        if (here < size && !ReadPart(ref op, address + (ulong)here, size - here, (byte*)&value + here))
            return false;

        _scratch = value;
        return true;
    }

    /// <summary>What was read last the long way.</summary>
    internal UInt128 Scratch => _scratch;

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal bool WriteSlow(ref MicroOp op, ulong address, int size, ulong value)
        => WriteSlow(ref op, address, size, (UInt128)value);

    /// <summary>Writes up to 16 bytes the long way.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal bool WriteSlow(ref MicroOp op, ulong address, int size, UInt128 value)
    {
        if (_checksAlignment && !IsAligned(ref op, address, size))
            return false;

        int here = BytesInPage(address, size);
        if (here < size && !IsRangeCanonical(ref op, address, size))
            return false;

        WriteTarget first = LocateForWriting(ref op, address, here);
        if (first.Placement == Placement.Failed)
            return false;

        if (here == size)
            return WritePart(ref op, first, size, (byte*)&value);

        // Both before either: nothing is written where one of them fails.
        WriteTarget second = LocateForWriting(ref op, address + (ulong)here, size - here);
        if (second.Placement == Placement.Failed)
            return false;

        // A device first: its write stops the instruction, which then comes back here.
        return second.Placement == Placement.Device
            ? WritePart(ref op, second, size - here, (byte*)&value + here) && WritePart(ref op, first, here, (byte*)&value)
            : WritePart(ref op, first, here, (byte*)&value) && WritePart(ref op, second, size - here, (byte*)&value + here);
    }

    /// <summary>Reads what will be written, the long way: it has to be writable.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal bool ReadForWriteSlow(ref MicroOp op, ulong address, int size)
    {
        if (_checksAlignment && !IsAligned(ref op, address, size))
            return false;

        int here = BytesInPage(address, size);
        if (LocateForWriting(ref op, address, here).Placement == Placement.Failed)
            return false;

        if (here < size && LocateForWriting(ref op, address + (ulong)here, size - here).Placement == Placement.Failed)
            return false;

        return ReadSlow(ref op, address, size);
    }

    /// <summary>Whether something could be written; stops the instruction where not.</summary>
    internal bool MayWrite(ref MicroOp op, ulong address, int size)
    {
        if (TryFindWritable(address, size, out _))
            return true;

        int here = BytesInPage(address, size);
        return LocateForWriting(ref op, address, here).Placement != Placement.Failed
            && (here == size || LocateForWriting(ref op, address + (ulong)here, size - here).Placement != Placement.Failed);
    }

    /// <summary>Pushes a value; RSP moves only where it was written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryPush<TSize>(ref MicroOp op, ulong value) where TSize : struct, IOperandSize
    {
        ulong stack = this[RegisterFile.Rsp] - (ulong)TSize.Bytes;
        if (TryFindWritable(stack, TSize.Bytes, out byte* host))
            TSize.Store(host, value);
        else if (!PushSlow(ref op, stack, TSize.Bytes, value))
            return false;

        this[RegisterFile.Rsp] = stack;
        return true;
    }

    /// <summary>Reads from the stack for an instruction whose own operand lies elsewhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryReadStack<TSize>(ref MicroOp op, ulong address, out ulong value) where TSize : struct, IOperandSize
    {
        if (TryFindReadable(address, TSize.Bytes, out byte* host))
        {
            value = TSize.Load(host);
            return true;
        }

        bool done = ReadStackSlow(ref op, address, TSize.Bytes);
        value = (ulong)_scratch;
        return done;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool PushSlow(ref MicroOp op, ulong address, int size, ulong value)
    {
        _isStackAccess = true;
        bool done = WriteSlow(ref op, address, size, value);
        _isStackAccess = false;
        return done;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool ReadStackSlow(ref MicroOp op, ulong address, int size)
    {
        _isStackAccess = true;
        bool done = ReadSlow(ref op, address, size);
        _isStackAccess = false;
        return done;
    }

    /// <summary>Refuses to call what is no address. Where what it would push is not aligned, that comes first.</summary>
    internal BlockExit RaiseForTargetOfCall(ref MicroOp op)
    {
        ulong stack = this[RegisterFile.Rsp] - sizeof(ulong);
        return _checksAlignment && !IsAligned(ref op, stack, sizeof(ulong)) ? BlockExit.Stopped : RaiseGeneralProtection(ref op);
    }

    private bool IsAligned(ref MicroOp op, ulong address, int size)
    {
        if (size is not (2 or 4 or 8) || (address & (ulong)(size - 1)) == 0)
            return true;

        // What is no address, at either end, is an exception of another kind, and that comes first.
        if (!IsCanonical(address) || !IsCanonical(address + (ulong)(size - 1)))
            return true;

        Raise(ref op, ExceptionVector.AlignmentCheck, 0);
        return false;
    }

    /// <summary>An operand that begins at an address and ends at none is wrong as a whole.</summary>
    private bool IsRangeCanonical(ref MicroOp op, ulong address, int size)
    {
        if (IsCanonical(address) == IsCanonical(address + (ulong)(size - 1)))
            return true;

        bool isStack = _isStackAccess || (op.Address & AddressTraits.Stack) != 0;
        Raise(ref op, isStack ? ExceptionVector.StackFault : ExceptionVector.GeneralProtection, 0);
        return false;
    }

    private static int BytesInPage(ulong address, int size)
        => (int)Math.Min((ulong)size, TlbEntry.PageBytes - (address & ~TlbEntry.PageMask));

    private bool ReadPart(ref MicroOp op, ulong address, int size, byte* destination)
    {
        switch (Locate(ref op, address, MemoryAccess.Read, out byte* host, out ulong physical, out _))
        {
            case Placement.Memory:
                CopyAsOne(host, destination, size);
                return true;
            case Placement.Device:
                return ReadDevice(ref op, physical, size, destination);
            default:
                return false;
        }
    }

    private bool WritePart(ref MicroOp op, in WriteTarget target, int size, byte* source)
    {
        if (target.Placement == Placement.Device)
            return WriteDevice(ref op, target.Physical, size, source);

        CopyAsOne(source, target.Host, size);

        InvalidateCode(target, size);
        return true;
    }

    /// <summary>Sees to it that code that was written is translated again. After the write: who translates it at the same time
    /// either sees it or is seen here.</summary>
    private void InvalidateCode(in WriteTarget target, int size)
    {
        if (target.Code is not null && target.Code.TryInvalidate(target.Offset, size))
            _machine.ForgetCode(this);
    }

    /// <summary>Copies 1, 2, 4 or 8 bytes by one access, and other sizes piece by piece.</summary>
    private static void CopyAsOne(byte* source, byte* destination, int size)
    {
        switch (size)
        {
            case 1:
                *destination = *source;
                break;
            case 2:
                *(ushort*)destination = *(ushort*)source;
                break;
            case 4:
                *(uint*)destination = *(uint*)source;
                break;
            case 8:
                *(ulong*)destination = *(ulong*)source;
                break;
            default:
                Unsafe.CopyBlockUnaligned(destination, source, (uint)size);
                break;
        }
    }
}
