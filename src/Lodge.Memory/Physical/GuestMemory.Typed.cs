using System.Runtime.CompilerServices;

namespace Lodge.Memory;

// The fast way to a value: one table read. Everything else (holes, rights, crossings, odd layouts) is in the slow methods,
// which are kept out of line so that these stay small.
public sealed unsafe partial class GuestMemory
{
    /// <inheritdoc cref="AddressSpaceExtensions.TryRead{T}(IAddressSpace, GuestAddress, out T, out AccessFault)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRead<T>(GuestAddress address, out T value, out AccessFault fault) where T : unmanaged
    {
        PlainData.ThrowIfNot<T>();
        if (TryGetCell<T>(_readable, address.Value, out byte* pointer, out _))
        {
            value = HostCell.ReadAligned<T>(pointer);
            GC.KeepAlive(this);
            fault = default;
            return true;
        }

        return TryReadSlow(address, out value, out fault);
    }

    /// <inheritdoc cref="AddressSpaceExtensions.Read{T}(IAddressSpace, GuestAddress)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Read<T>(GuestAddress address) where T : unmanaged
    {
        PlainData.ThrowIfNot<T>();
        if (TryGetCell<T>(_readable, address.Value, out byte* pointer, out _))
        {
            T value = HostCell.ReadAligned<T>(pointer);
            GC.KeepAlive(this);
            return value;
        }

        return ReadSlow<T>(address);
    }

    /// <inheritdoc cref="AddressSpaceExtensions.TryWrite{T}(IAddressSpace, GuestAddress, T, out AccessFault)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryWrite<T>(GuestAddress address, T value, out AccessFault fault) where T : unmanaged
    {
        PlainData.ThrowIfNot<T>();
        if (TryGetCell<T>(_writable, address.Value, out byte* pointer, out ulong granule))
        {
            HostCell.WriteAligned(pointer, value);
            GC.KeepAlive(this);
            fault = default;
            return true;
        }

        return TryWriteSlow(address, value, pointer, granule, out fault);
    }

    /// <inheritdoc cref="AddressSpaceExtensions.Write{T}(IAddressSpace, GuestAddress, T)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write<T>(GuestAddress address, T value) where T : unmanaged
    {
        PlainData.ThrowIfNot<T>();
        if (TryGetCell<T>(_writable, address.Value, out byte* pointer, out ulong granule))
        {
            HostCell.WriteAligned(pointer, value);
            GC.KeepAlive(this);
        }
        else
        {
            WriteSlow(address, value, pointer, granule);
        }
    }

    /// <summary>The host address of an aligned value of 1, 2, 4 or 8 bytes, if the table has a plain entry for it. If not, what
    /// stands there instead of it: the address plus the entry.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryGetCell<T>(nint* table, ulong address, out byte* pointer, out ulong granule) where T : unmanaged
    {
        granule = (address - _windowStart) >> _shift;
        if (HostCell.IsCell<T>() && granule < _granules)
        {
            // In bounds: the tables have _granules entries, the whole granule lies in one region, and an aligned value in one
            // granule. The caller keeps this map, with its tables and regions, until after its access.
            nint entry = table[granule];
            pointer = (byte*)(entry + (nint)address);
            return sizeof(T) == 1 ? (entry & RegionIndex.None) == 0 : ((entry | (nint)address) & (sizeof(T) - 1)) == 0;
        }

        pointer = (byte*)((nint)address + RegionIndex.None);
        return false;
    }

    /// <summary>The region of a value that lies in one, if that allows the access.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryFind<T>(ulong address, MemoryAccess access, out byte* pointer, out int number) where T : unmanaged
    {
        number = _index.Find(address);
        if (number >= 0)
        {
            ref readonly RegionEntry entry = ref _entries[number];
            if ((access & ~entry.Permissions) == 0 && entry.Holds(address, (ulong)sizeof(T)))
            {
                // In bounds by the line above. The caller keeps this map alive until after its access.
                pointer = (byte*)(entry.Delta + (nint)address);
                return true;
            }
        }

        pointer = null;
        return false;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryReadSlow<T>(GuestAddress address, out T value, out AccessFault fault) where T : unmanaged
    {
        if (TryFind<T>(address.Value, MemoryAccess.Read, out byte* pointer, out _))
        {
            value = HostCell.Read<T>(pointer);
            GC.KeepAlive(this);
            fault = default;
            return true;
        }

        return AddressSpaceExtensions.TryRead(this, address, out value, out fault);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private T ReadSlow<T>(GuestAddress address) where T : unmanaged
    {
        if (TryFind<T>(address.Value, MemoryAccess.Read, out byte* pointer, out _))
        {
            T value = HostCell.Read<T>(pointer);
            GC.KeepAlive(this);
            return value;
        }

        return AddressSpaceExtensions.Read<T>(this, address);
    }

    // What TryGetCell found is passed on: a tracked write costs little more than a plain one, and looking again would double it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryWriteSlow<T>(GuestAddress address, T value, byte* found, ulong granule, out AccessFault fault)
        where T : unmanaged
    {
        if (!IsTracked<T>(address.Value, found))
            return TryWriteSlower(address, value, out fault);

        WriteTracked(address.Value, value, found, granule);
        fault = default;
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteSlow<T>(GuestAddress address, T value, byte* found, ulong granule) where T : unmanaged
    {
        if (IsTracked<T>(address.Value, found))
            WriteTracked(address.Value, value, found, granule);
        else
            WriteSlower(address, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsTracked<T>(ulong address, byte* found) where T : unmanaged
        => HostCell.IsCell<T>() && HostCell.IsAligned<T>(address)
            && (((nint)found - (nint)address) & RegionIndex.Tracked) == RegionIndex.Tracked;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WriteTracked<T>(ulong address, T value, byte* found, ulong granule) where T : unmanaged
    {
        // In bounds as in TryGetCell. A granule with an entry has a region; an aligned value lies in one page.
        HostCell.WriteAligned(found - RegionIndex.Tracked, value);
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
        fault = default;
        return TryWriteInOneRegion(address.Value, value) || AddressSpaceExtensions.TryWrite(this, address, value, out fault);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteSlower<T>(GuestAddress address, T value) where T : unmanaged
    {
        if (!TryWriteInOneRegion(address.Value, value))
            AddressSpaceExtensions.Write(this, address, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryWriteInOneRegion<T>(ulong address, T value) where T : unmanaged
    {
        if (!TryFind<T>(address, MemoryAccess.Write, out byte* pointer, out int number))
            return false;

        HostCell.Write(pointer, value);
        ref readonly RegionEntry entry = ref _entries[number];
        if (entry.Dirty is not null)
            entry.MarkDirty(address, (ulong)sizeof(T));

        GC.KeepAlive(this);
        return true;
    }
}
