namespace Lodge.Memory.Tests;

/// <summary>Guest memory in many touching regions, so that every transfer is one in pieces, and what to compare with.</summary>
internal static class PieceMemory
{
    /// <summary>Touching regions of one size, tracked in a dirty bitmap each, except those left out.</summary>
    public static GuestMemory Create(ulong start, ulong pieceSize, int pieces, params int[] holes)
    {
        var regions = new List<MemoryRegion>();
        for (int i = 0; i < pieces; i++)
        {
            ulong at = start + ((ulong)i * pieceSize);
            if (!holes.Contains(i))
            {
                ulong dirtyOffset = at & 0xfff;
                regions.Add(MemoryRegion.Anonymous(
                    at, pieceSize, new RegionOptions { Dirty = new DirtyBitmap(dirtyOffset + pieceSize), DirtyOffset = dirtyOffset }));
            }
        }

        return GuestMemory.Create([.. regions]);
    }

    /// <summary>Bytes that tell where they belong.</summary>
    public static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        for (int i = 0; i < count; i++)
            bytes[i] = (byte)((i * 31) + (i >> 8) + 1);

        return bytes;
    }

    /// <summary>Bytes of a space, all of which have to be there.</summary>
    public static byte[] Read(IAddressSpace space, ulong address, int count)
    {
        var bytes = new byte[count];
        space.ReadExactly(address, bytes);
        return bytes;
    }

    /// <summary>The addresses of the 4 KiB pages that are marked as written; after this, none are.</summary>
    public static ulong[] HarvestDirty(GuestMemory memory)
    {
        var pages = new DirtyPages();
        memory.HarvestDirty(pages);
        var addresses = new List<ulong>();
        foreach (GuestRange range in pages)
        {
            for (ulong offset = 0; offset < range.Length; offset += 0x1000)
                addresses.Add(range.Start.Value + offset);
        }

        return [.. addresses];
    }

    /// <summary>The addresses of the pages of a range.</summary>
    public static ulong[] Pages(ulong first, int count)
        => [.. Enumerable.Range(0, count).Select(i => first + ((ulong)i * 0x1000))];
}
