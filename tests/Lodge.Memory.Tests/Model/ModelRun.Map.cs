namespace Lodge.Memory.Tests.Model;

// What the map is made of, and changes of it.
internal sealed partial class ModelRun
{
    private void Slices()
    {
        ulong address = _side.NextAddress();
        MemoryAccess access = (MemoryAccess)_random.Next(8);
        ulong length = _side.NextLength(address, access);
        _what = $"slices of 0x{length:x} bytes at 0x{address:x} for {access}";
        AccessFault expected = Oracle.Check(address, length, access);
        ulong count = Oracle.CountAccessible(address, length, access);
        foreach (IAccessPath path in _side.Paths)
        {
            ulong done = 0;
            GuestSlices slices = path.GetSlices(address, length, access);
            while (slices.MoveNext())
            {
                // Each is the longest there is: up to the region's end or the range's.
                RegionPlan region = Oracle.RegionAt(address + done)!;
                ulong longest = (ulong)UInt128.Min(region.End - (address + done), length - done);
                Expect(done, slices.Offset, path, "offset");
                Expect(longest, slices.Current.Length, path, "length");
                Expect(access, slices.Current.Access, path, "access");
                if ((access & MemoryAccess.Read) != 0)
                {
                    Expect(Oracle[address + done], slices.Current.Read<byte>(0), path, "first byte");
                    Expect(Oracle[address + done + longest - 1], slices.Current.Read<byte>(longest - 1), path, "last byte");
                }

                done += longest;
            }

            Expect(count, done, path, "bytes");
            Expect(count, slices.Offset, path, "offset behind the last");
            Expect(expected, slices.Fault, path, "fault");
            Expect(false, slices.MoveNext(), path, "another slice");
        }
    }

    private void Accessible()
    {
        ulong address = _side.NextAddress();
        MemoryAccess access = (MemoryAccess)_random.Next(8);
        if (!GuestRange.TryCreate(address, _side.NextLength(address, access), out GuestRange range))
            return;

        _what = $"whether {range} is accessible for {access}";
        bool expected = Oracle.Check(address, range.Length, access).Kind == FaultKind.None;
        foreach (IAccessPath path in _side.Paths)
            Expect(expected, path.IsAccessible(range, access), path, "answer");
    }

    private void FindRegion()
    {
        ulong address = _side.NextAddress();
        _what = $"region of 0x{address:x}";
        RegionPlan? expected = Oracle.RegionAt(address);
        for (int i = 0; i < _side.Worlds.Length; i++)
        {
            Expect(expected is not null, _side.Worlds[i].Map.TryFindRegion(address, out MemoryRegion? region), _side.Paths[i], "success");
            Expect(expected?.Range, region?.Range, _side.Paths[i], "range");
            Expect(_side.Oracle.Regions.Count, _side.Worlds[i].Map.Regions.Length, _side.Paths[i], "number of regions");
        }
    }

    private void ChangeMap()
    {
        if (_random.Next(2) == 0)
            _side.With(_what = "adding");
        else
            _side.Without(_what = "removing");
    }
}
