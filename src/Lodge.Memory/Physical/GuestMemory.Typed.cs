using System.Runtime.CompilerServices;

namespace Lodge.Memory;

// The fast way to a value: one table read. Everything else (holes, rights, crossings, odd layouts) is in the slow methods,
// which are kept out of line so that these stay small.
public sealed unsafe partial class GuestMemory
{
    /// <inheritdoc cref="AddressSpaceExtensions.TryRead{T}(IAddressSpace, GuestAddress, out T, out AccessFault)"/>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRead<T>(GuestAddress address, out T value, out AccessFault fault) where T : unmanaged
    {
        PlainData.ThrowIfNot<T>();
        if (TryGetCell<T>(_readable, address.Value, out nint entry, out _))
        {
            value = HostCell.ReadAligned<T>(entry, address.Value);
            GC.KeepAlive(this);
            fault = default;
            return true;
        }

        // Locals of their own: the caller's would be kept in memory, for a way that is rarely taken.
        bool isThere = TryReadSlow(address, out T slowValue, out AccessFault slowFault);
        value = slowValue;
        fault = slowFault;
        return isThere;
    }

    /// <inheritdoc cref="AddressSpaceExtensions.Read{T}(IAddressSpace, GuestAddress)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Read<T>(GuestAddress address) where T : unmanaged
    {
        PlainData.ThrowIfNot<T>();
        if (TryGetCell<T>(_readable, address.Value, out nint entry, out _))
        {
            T value = HostCell.ReadAligned<T>(entry, address.Value);
            GC.KeepAlive(this);
            return value;
        }

        return ReadSlow<T>(address);
    }

    /// <inheritdoc cref="AddressSpaceExtensions.TryWrite{T}(IAddressSpace, GuestAddress, T, out AccessFault)"/>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryWrite<T>(GuestAddress address, T value, out AccessFault fault) where T : unmanaged
    {
        PlainData.ThrowIfNot<T>();
        if (TryGetCell<T>(_writable, address.Value, out nint entry, out ulong granule))
        {
            HostCell.WriteAligned(entry, address.Value, value);
            GC.KeepAlive(this);
            fault = default;
            return true;
        }

        // As in TryRead.
        bool isThere = TryWriteSlow(address, value, entry, granule, out AccessFault slowFault);
        fault = slowFault;
        return isThere;
    }

    /// <inheritdoc cref="AddressSpaceExtensions.Write{T}(IAddressSpace, GuestAddress, T)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write<T>(GuestAddress address, T value) where T : unmanaged
    {
        PlainData.ThrowIfNot<T>();
        if (TryGetCell<T>(_writable, address.Value, out nint entry, out ulong granule))
        {
            HostCell.WriteAligned(entry, address.Value, value);
            GC.KeepAlive(this);
        }
        else
        {
            WriteSlow(address, value, entry, granule);
        }
    }

    /// <summary>Reads a value if the table has it; false, and nothing is denied yet, where somebody has to look closer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryReadByTable<T>(ulong address, out T value) where T : unmanaged
    {
        if (!TryGetCell<T>(_readable, address, out nint entry, out _))
        {
            value = default;
            return false;
        }

        value = HostCell.ReadAligned<T>(entry, address);
        GC.KeepAlive(this);
        return true;
    }

    /// <summary>Writes a value if the table has a plain entry for it; false, and nothing is denied yet, where somebody has to
    /// look closer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryWriteByTable<T>(ulong address, T value) where T : unmanaged
    {
        if (!TryGetCell<T>(_writable, address, out nint entry, out _))
            return false;

        HostCell.WriteAligned(entry, address, value);
        GC.KeepAlive(this);
        return true;
    }

    /// <summary>The table entry for an aligned value of 1, 2, 4 or 8 bytes, and whether it is a plain one: then the value lies at
    /// entry + address in the host.</summary>
    /// <remarks>The sum is left to the caller so that it becomes part of the access's operand. A load or an instruction more, and
    /// a read in a loop takes three cycles instead of two.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryGetCell<T>(nint* table, ulong address, out nint entry, out ulong granule) where T : unmanaged
    {
        granule = (address - _windowStart) >> _shift;
        if (HostCell.IsCell<T>() && granule < _granules)
        {
            // In bounds: the tables have _granules entries, the whole granule lies in one region, and an aligned value in one
            // granule. The caller keeps this map, with its regions, until after its access.
            entry = table[granule];
            return sizeof(T) == 1
                ? ((int)entry & (int)RegionIndex.None) == 0
                : ((int)(entry | (nint)address) & (sizeof(T) - 1)) == 0;
        }

        entry = RegionIndex.None;
        return false;
    }

    /// <summary>Where a value is that lies in one region which allows the access. If not, what is wrong with its first byte:
    /// <see cref="FaultKind.Straddles"/> where that one is right, and the value goes on in another region or nowhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private FaultKind Find<T>(ulong address, MemoryAccess access, out byte* pointer, out int number) where T : unmanaged
    {
        pointer = null;
        number = _index.Find(address);
        if (number < 0)
            return FaultKind.Unmapped;

        ref readonly RegionEntry entry = ref _entries[number];
        if ((access & ~entry.Permissions) != 0)
            return FaultKind.Permission;

        if (!entry.Holds(address, (ulong)sizeof(T)))
            return FaultKind.Straddles;

        // In bounds by the line above. The caller keeps this map alive until after its access.
        pointer = (byte*)(entry.Delta + (nint)address);
        return FaultKind.None;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryReadSlow<T>(GuestAddress address, out T value, out AccessFault fault) where T : unmanaged
    {
        FaultKind kind = Find<T>(address.Value, MemoryAccess.Read, out byte* pointer, out int number);
        if (kind == FaultKind.None)
        {
            value = HostCell.Read<T>(pointer);
            GC.KeepAlive(this);
            fault = default;
            return true;
        }

        if (kind == FaultKind.Straddles)
            return AddressSpaceExtensions.TryRead(this, address, out value, out fault);

        value = default;
        return Deny(kind, address, (ulong)sizeof(T), MemoryAccess.Read, number, out fault);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private T ReadSlow<T>(GuestAddress address) where T : unmanaged
    {
        if (Find<T>(address.Value, MemoryAccess.Read, out byte* pointer, out _) == FaultKind.None)
        {
            T value = HostCell.Read<T>(pointer);
            GC.KeepAlive(this);
            return value;
        }

        return AddressSpaceExtensions.Read<T>(this, address);
    }

    // What TryGetCell found is passed on: a tracked write costs little more than a plain one, and looking again would double it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryWriteSlow<T>(GuestAddress address, T value, nint entry, ulong granule, out AccessFault fault)
        where T : unmanaged
    {
        if (!IsTracked<T>(address.Value, entry))
            return TryWriteSlower(address, value, out fault);

        WriteTracked(address.Value, value, entry, granule);
        fault = default;
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteSlow<T>(GuestAddress address, T value, nint entry, ulong granule) where T : unmanaged
    {
        if (IsTracked<T>(address.Value, entry))
            WriteTracked(address.Value, value, entry, granule);
        else
            WriteSlower(address, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsTracked<T>(ulong address, nint entry) where T : unmanaged
        => HostCell.IsCell<T>() && HostCell.IsAligned<T>(address) && ((int)entry & (int)RegionIndex.Tracked) == RegionIndex.Tracked;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WriteTracked<T>(ulong address, T value, nint entry, ulong granule) where T : unmanaged
    {
        // In bounds as in TryGetCell. A granule with an entry has a region; an aligned value lies in one page.
        HostCell.WriteAligned(entry - RegionIndex.Tracked, address, value);
        if (!_dirtyTargets[_regionOfGranule[granule]].IsMarked(address, out ulong* word, out ulong page))
            Mark(word, page);
        else
            GC.KeepAlive(this);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Mark(ulong* word, ulong page)
    {
        Interlocked.Or(ref *word, 1UL << (int)page);
        GC.KeepAlive(this);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryWriteSlower<T>(GuestAddress address, T value, out AccessFault fault) where T : unmanaged
    {
        FaultKind kind = Find<T>(address.Value, MemoryAccess.Write, out byte* pointer, out int number);
        if (kind == FaultKind.None)
        {
            HostCell.Write(pointer, value);
            ref readonly RegionEntry entry = ref _entries[number];
            if (entry.Dirty is not null)
                entry.MarkDirty(address.Value, (ulong)sizeof(T));

            GC.KeepAlive(this);
            fault = default;
            return true;
        }

        if (kind == FaultKind.Straddles)
            return AddressSpaceExtensions.TryWrite(this, address, value, out fault);

        return Deny(kind, address, (ulong)sizeof(T), MemoryAccess.Write, number, out fault);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteSlower<T>(GuestAddress address, T value) where T : unmanaged
    {
        if (!TryWriteSlower(address, value, out AccessFault fault))
            Throw(fault);
    }
}
