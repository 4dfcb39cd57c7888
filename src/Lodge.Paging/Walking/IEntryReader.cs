using System.Runtime.CompilerServices;

namespace Lodge.Paging;

/// <summary>Where a walk reads entries from; for each kind the walk is compiled once.</summary>
internal interface IEntryReader
{
    bool TryRead(ulong address, out ulong entry);
}

/// <summary>From physical memory, by a call that needs no interface.</summary>
internal readonly struct MemoryEntryReader(GuestMemory memory) : IEntryReader
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRead(ulong address, out ulong entry)
    {
        bool isThere = memory.TryRead(address, out LittleEndian<ulong> stored, out _);
        entry = stored;
        return isThere;
    }
}

/// <summary>From any space.</summary>
internal readonly struct SpaceEntryReader(IAddressSpace space) : IEntryReader
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool TryRead(ulong address, out ulong entry)
    {
        bool isThere = space.TryRead(address, out LittleEndian<ulong> stored, out _);
        entry = stored;
        return isThere;
    }
}
