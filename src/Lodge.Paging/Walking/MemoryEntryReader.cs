using System.Runtime.CompilerServices;

namespace Lodge.Paging;

/// <summary>Entries from physical memory, by a call that needs no interface.</summary>
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
