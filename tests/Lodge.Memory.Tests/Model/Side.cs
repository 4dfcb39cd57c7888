namespace Lodge.Memory.Tests.Model;

/// <summary>One generated layout three times over, with a path into each, and the oracle that all of them have to agree with.</summary>
internal sealed class Side : IDisposable
{
    private readonly Random _random;
    private readonly LayoutPlan _plan;
    private readonly List<RegionPlan> _ever;

    public Side(Random random)
    {
        _random = random;
        _plan = LayoutGenerator.Next(random);
        _ever = [.. _plan.Regions];
        Oracle = new ByteOracle(_plan);
        Worlds = [new World(_plan), new World(_plan), new World(_plan)];
        Paths = MakePaths();
    }

    public ByteOracle Oracle { get; }

    public World[] Worlds { get; }

    public IAccessPath[] Paths { get; private set; }

    public void Dispose()
    {
        foreach (World world in Worlds)
            world.Dispose();
    }

    /// <summary>An address that is likely to be interesting: in a region, at its ends, in a hole, near 0 or near 2^64.</summary>
    public ulong NextAddress()
    {
        int kind = _random.Next(9);
        if (kind == 0)
            return ulong.MaxValue - (ulong)_random.Next(20);

        if (kind == 1 || Oracle.Regions.Count == 0)
            return AddressCases.Next(_random);

        RegionPlan region = Oracle.Regions[_random.Next(Oracle.Regions.Count)];
        ulong inside = region.Start + (ulong)_random.NextInt64((long)region.Size);
        return kind switch
        {
            2 => unchecked(region.Start + (ulong)_random.Next(-10, 10)),
            3 or 4 => unchecked(region.Start + region.Size + (ulong)_random.Next(-10, 10)),
            5 or 6 => inside & ~15UL,
            _ => inside,
        };
    }

    /// <summary>A length for which a buffer can be made.</summary>
    public int NextCount() => _random.Next(10) switch
    {
        0 => 0,
        < 6 => _random.Next(1, 40),
        < 9 => _random.Next(1, 5000),
        _ => _random.Next(1, 40_000),
    };

    /// <summary>Any length; one that the whole of could be accessed is kept short.</summary>
    public ulong NextLength(ulong address, MemoryAccess access)
    {
        if (_random.Next(6) != 0)
            return (ulong)NextCount();

        ulong length = _random.Next(3) switch
        {
            0 => ulong.MaxValue - (ulong)_random.Next(3),
            1 => unchecked(0 - address + (ulong)_random.Next(-2, 3)),
            _ => AddressCases.Next(_random),
        };
        return Oracle.CountAccessible(address, length, access) < 40_000 ? length : (ulong)NextCount();
    }

    /// <summary>Adds a region to all of the maps, or sees it refused by all.</summary>
    public void With(string what)
    {
        ulong start = NextAddress();
        ulong size = (ulong)_random.Next(1, _random.Next(2) == 0 ? 10 : 30_000);
        if (!GuestRange.TryCreate(start, size, out GuestRange range))
            return;

        RegionPlan region = LayoutGenerator.NextRegion(_random, _ever.Count, start, size);
        _ever.Add(region);
        bool isRefused = Oracle.Regions.Exists(other => other.Range.Overlaps(range));
        foreach (World world in Worlds)
            Expect(isRefused, Throws(() => world.Add(region)), $"{what} of {region}: refused");

        if (!isRefused)
            Oracle.Add(region);

        Paths = MakePaths();
    }

    /// <summary>Takes regions from all of the maps, or sees it refused by all.</summary>
    public void Without(string what)
    {
        ulong start = NextAddress();
        GuestRange range = _random.Next(3) == 0 && Oracle.Regions.Count > 0
            ? Oracle.Regions[_random.Next(Oracle.Regions.Count)].Range
            : GuestRange.TryCreate(start, (ulong)NextCount(), out GuestRange any) ? any : new GuestRange(start, 0);
        List<RegionPlan> gone = Oracle.Regions.FindAll(region => region.Range.Overlaps(range));
        bool isRefused = gone.Exists(region => !range.Contains(region.Range));
        foreach (World world in Worlds)
            Expect(isRefused, Throws(() => world.Remove(range)), $"{what} of {range}: refused");

        if (!isRefused)
            gone.ForEach(Oracle.Remove);

        Paths = MakePaths();
    }

    /// <summary>Looks whether the bytes of a range are what the oracle says, whoever may see them.</summary>
    public void CompareBytes(ulong address, ulong length, string what)
    {
        if (!GuestRange.TryCreate(address, Math.Min(length, 50_000), out GuestRange range))
            range = new GuestRange(address, unchecked(0 - address));

        foreach (RegionPlan region in Oracle.Regions)
        {
            GuestRange common = region.Range.Intersect(range);
            if (common.IsEmpty)
                continue;

            byte[] expected = Oracle.Read(common.Start.Value, (int)common.Length);
            byte[] actual = new byte[expected.Length];
            for (int i = 0; i < Worlds.Length; i++)
            {
                Worlds[i][region].GetHostSlice().CopyTo(common.Start.Value - region.Start, actual);
                if (!expected.AsSpan().SequenceEqual(actual))
                    throw new ModelMismatchException($"{what}: {Paths[i].Name} left wrong bytes in {common}.");
            }
        }
    }

    /// <summary>Looks whether everything is as the oracle says: all bytes, and the marks of all pages.</summary>
    public void CompareAll(string what)
    {
        foreach (RegionPlan region in Oracle.Regions)
        {
            byte[] expected = Oracle.Content(region);
            for (int i = 0; i < Worlds.Length; i++)
            {
                if (!Worlds[i][region].GetHostSlice().DangerousGetReadOnlySpan().SequenceEqual(expected))
                    throw new ModelMismatchException($"{what}: {Paths[i].Name} has wrong bytes in {region}.");
            }
        }

        for (int i = 0; i < Worlds.Length; i++)
        {
            foreach (RegionPlan region in _ever.Where(region => region.IsTracked))
                CompareMarks(Worlds[i][region], region, $"{what}: {Paths[i].Name}");

            if (!_plan.IsLogShared)
                CompareHarvest(Worlds[i].Map, $"{what}: {Paths[i].Name}");
        }
    }

    public override string ToString() => _plan.ToString();

    public static void Expect<T>(T expected, T actual, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            throw new ModelMismatchException($"{what}{Environment.NewLine}  expected {expected}{Environment.NewLine}  was      {actual}");
    }

    private void CompareMarks(MemoryRegion region, RegionPlan plan, string what)
    {
        DirtyBitmap bitmap = region.Dirty!;
        ulong bias = unchecked(plan.Start - region.DirtyOffset);
        for (ulong offset = 0; offset < bitmap.Size; offset += bitmap.PageSize.Bytes)
        {
            ulong address = unchecked(bias + offset);
            bool isDirty = Oracle.Dirty.Contains((plan.Id, address >> bitmap.PageSize.Shift));
            Expect(isDirty, bitmap.IsMarked(offset), $"{what}: mark of the page 0x{address:x} of {plan}");
        }
    }

    private void CompareHarvest(GuestMemory map, string what)
    {
        var pages = new DirtyPages();
        map.HarvestDirty(pages);
        var harvested = new SortedSet<ulong>();
        foreach (GuestRange range in pages)
        {
            for (ulong done = 0; done < range.Length; done += _plan.DirtyPage.Bytes)
                harvested.Add((range.Start + done).Value >> _plan.DirtyPage.Shift);
        }

        var expected = new SortedSet<ulong>(Oracle.Dirty.Where(IsThere).Select(page => page.Page));
        Expect(string.Join(' ', expected), string.Join(' ', harvested), $"{what}: harvested pages");
    }

    private bool IsThere((int Region, ulong Page) page) => Oracle.Regions.Exists(region => region.Id == page.Region);

    // A view has at most 2^64 - 1 bytes; where the layout spans one more, the third path goes without.
    private IAccessPath[] MakePaths()
    {
        IAccessPath third = new SpacePath("IAddressSpace again", Worlds[2].Map);
        if (Oracle.Regions.Count > 0)
        {
            ulong start = Oracle.Regions[0].Start;
            UInt128 length = Oracle.Regions[^1].End - start;
            if (length < AddressCases.End)
            {
                var range = new GuestRange(start, (ulong)length);
                third = new SpacePath("SpaceView", SpaceView.Of(Worlds[2].Map, range, MemoryAccess.All));
            }
        }

        return [new InstancePath(Worlds[0].Map), new SpacePath("IAddressSpace", Worlds[1].Map), third];
    }

    private static bool Throws(Action action)
    {
        try
        {
            action();
            return false;
        }
        catch (ArgumentException)
        {
            return true;
        }
    }
}
