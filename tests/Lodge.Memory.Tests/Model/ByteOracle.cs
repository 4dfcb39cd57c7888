namespace Lodge.Memory.Tests.Model;

/// <summary>What a guest's memory ought to be: a list of regions, a dictionary from address to byte, and nothing clever.</summary>
internal sealed class ByteOracle(LayoutPlan plan)
{
    private readonly Dictionary<ulong, byte> _bytes = [];
    private readonly HashSet<(int Region, ulong Page)> _dirty = [];

    public List<RegionPlan> Regions { get; } = [.. plan.Regions];

    /// <summary>The dirty pages by region and by page of the guest.</summary>
    public IReadOnlySet<(int Region, ulong Page)> Dirty => _dirty;

    public byte this[ulong address] => _bytes.GetValueOrDefault(address);

    public RegionPlan? RegionAt(ulong address)
        => Regions.Find(region => address >= region.Start && address < region.End);

    /// <summary>The fault of an access that needs all of its bytes; <see cref="FaultKind.None"/> if there is none.</summary>
    public AccessFault Check(ulong address, ulong length, MemoryAccess access)
    {
        UInt128 end = (UInt128)address + length;
        for (UInt128 at = address; at < end;)
        {
            if (at == AddressCases.End)
                return new AccessFault(FaultKind.Overflow, address, length, access);

            ulong left = (ulong)(end - at);
            RegionPlan? region = RegionAt((ulong)at);
            if (region is null)
                return new AccessFault(FaultKind.Unmapped, (ulong)at, left, access);

            if ((region.Permissions & access) != access)
                return new AccessFault(FaultKind.Permission, (ulong)at, left, access, region.Permissions);

            at = UInt128.Min(region.End, end);
        }

        return default;
    }

    /// <summary>How many bytes can be accessed before the fault that <see cref="Check"/> tells.</summary>
    public ulong CountAccessible(ulong address, ulong length, MemoryAccess access)
    {
        AccessFault fault = Check(address, length, access);
        return fault.Kind switch
        {
            FaultKind.None => length,
            FaultKind.Overflow => (ulong)(AddressCases.End - address),
            _ => fault.Address - new GuestAddress(address),
        };
    }

    /// <summary>The fault of an atomic access.</summary>
    public AccessFault CheckCell(ulong address, ulong size, MemoryAccess access)
    {
        if (address % size != 0)
            return new AccessFault(FaultKind.Unaligned, address, size, access);

        RegionPlan? region = RegionAt(address);
        if (region is null || (region.Permissions & access) != access)
            return Check(address, size, access);

        return address + (UInt128)size <= region.End ? default : new AccessFault(FaultKind.Straddles, address, size, access);
    }

    public byte[] Read(ulong address, int length)
    {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
            bytes[i] = this[address + (ulong)i];

        return bytes;
    }

    /// <summary>Writes what the guest could write.</summary>
    public void Write(ulong address, ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            ulong at = address + (ulong)i;
            _bytes[at] = bytes[i];
            RegionPlan region = RegionAt(at)!;
            if (region.IsTracked)
                _dirty.Add((region.Id, at >> plan.DirtyPage.Shift));
        }
    }

    /// <summary>All that a region holds.</summary>
    public byte[] Content(RegionPlan region)
    {
        byte[] content = new byte[region.Size];
        foreach ((ulong address, byte value) in _bytes)
        {
            if (region.Range.Contains(new GuestAddress(address)))
                content[address - region.Start] = value;
        }

        return content;
    }

    /// <summary>Takes a region away, and what it holds.</summary>
    public void Remove(RegionPlan region)
    {
        Regions.Remove(region);
        foreach (ulong address in _bytes.Keys.Where(address => region.Range.Contains(new GuestAddress(address))).ToArray())
            _bytes.Remove(address);
    }

    public void Add(RegionPlan region)
    {
        Regions.Add(region);
        Regions.Sort(static (left, right) => left.Start.CompareTo(right.Start));
    }
}
