using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Generated changes and accesses of a space, against a dictionary of its pages and their bytes.</summary>
public sealed class StageTwoModelTests
{
    private const ulong Page = 0x1000;
    private const ulong Size = 8 << 20;
    private const ulong Linear = 4 << 20;
    private const int Pages = 600;

    [Theory]
    [InlineData("ept 4 levels", 1)]
    [InlineData("ept 4 levels", 2)]
    [InlineData("riscv Sv39x4", 3)]
    [InlineData("aarch64 stage 2, Size4K, 40 bits", 4)]
    [InlineData("x64 4 levels", 5)]
    public void EveryOperation_DoesWhatTheModelSays(string format, int seed)
    {
        using GuestMemory host = GuestMemory.Anonymous(Size);
        var frames = new WatchfulAllocator(0, Linear);
        var random = new Random(seed);
        var model = new Dictionary<int, (SpaceAreaKind Kind, MemoryAccess Access, ulong Target)>();
        ulong[] bytes = new ulong[Pages];
        ulong[] linear = new ulong[Pages];
        using (var space = new StageTwoSpace(host, FormatCases.Get(format).Format, frames))
        {
            for (int i = 0; i < 2000; i++)
            {
                int first = random.Next(Pages);
                int count = Math.Min(1 + random.Next(random.Next(5) == 0 ? 520 : 6), Pages - first);
                var range = new GuestRange((ulong)first * Page, (ulong)count * Page);
                MemoryAccess access = random.Next(3) == 0 ? MemoryAccess.Read : MemoryAccess.ReadWrite;
                switch (random.Next(9))
                {
                    case 0:
                        Map(
                            SpaceAreaKind.Linear, first, count, access,
                            () => space.MapLinear(range, Linear + ((ulong)first * Page), access));
                        break;
                    case 1:
                        Map(SpaceAreaKind.Lazy, first, count, access, () => space.MapAllocated(range, access));
                        break;
                    case 2:
                        Map(SpaceAreaKind.Eager, first, count, access, () => space.MapAllocated(range, access, isLazy: false));
                        break;
                    case 3:
                        space.Unmap(range);
                        for (int page = first; page < first + count; page++)
                            model.Remove(page);

                        break;
                    case 4:
                        space.Protect(range, access);
                        for (int page = first; page < first + count; page++)
                        {
                            if (model.TryGetValue(page, out var old))
                                model[page] = old with { Access = access };
                        }

                        break;
                    case 5 or 6:
                        ulong value = (ulong)random.NextInt64();
                        bool done = space.TryWrite(range.Start + 8, value, out _);
                        Assert.Equal(model.TryGetValue(first, out var written) && written.Access == MemoryAccess.ReadWrite, done);
                        if (done)
                            (written.Kind == SpaceAreaKind.Linear ? linear : bytes)[first] = value;

                        break;
                    default:
                        Assert.Equal(
                            model.TryGetValue(first, out var found), space.TryRead(range.Start + 8, out ulong read, out _));
                        Assert.Equal(
                            !model.ContainsKey(first) ? 0 : (found.Kind == SpaceAreaKind.Linear ? linear : bytes)[first], read);
                        break;
                }
            }

            Assert.Equal(model.Count, space.Areas.Sum(area => (int)(area.Range.Length / Page)));
            foreach (SpaceArea area in space.Areas)
            {
                for (ulong offset = 0; offset < area.Range.Length; offset += Page)
                {
                    var (kind, access, target) = model[(int)((area.Range.Start.Value + offset) / Page)];
                    Assert.Equal((kind, access), (area.Kind, area.Attributes.Rights.Supervisor & MemoryAccess.ReadWrite));
                    Assert.Equal(target, area.Kind == SpaceAreaKind.Linear ? area.Target.Value + offset : 0);
                }
            }
        }

        Assert.Equal((0, ""), (frames.InUse, frames.Problems));

        void Map(SpaceAreaKind kind, int first, int count, MemoryAccess access, Action map)
        {
            if (Enumerable.Range(first, count).Any(model.ContainsKey))
            {
                Assert.Throws<ArgumentException>(map);
                return;
            }

            map();
            for (int page = first; page < first + count; page++)
            {
                model.Add(page, (kind, access, kind == SpaceAreaKind.Linear ? Linear + ((ulong)page * Page) : 0));
                if (kind != SpaceAreaKind.Linear)
                    bytes[page] = 0;
            }
        }
    }
}
