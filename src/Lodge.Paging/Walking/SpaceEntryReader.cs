using System.Runtime.CompilerServices;

namespace Lodge.Paging;

/// <summary>Entries from any space.</summary>
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
