using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>No access allocates, whether the translation is at hand, or is not, or there is none.</summary>
public sealed class PagedMemoryAllocationTests
{
    private static readonly Action<IAddressSpace, ulong> Access = static (space, address) => EveryAccessOnce(space, address);

    [Theory]
    [MemberData(nameof(PagedWorld.Formats), MemberType = typeof(PagedWorld))]
    public void AnyAccess_AllocatesNothing(string format)
    {
        using var world = new PagedWorld(format);
        world.Map(world.Base, PagedWorld.Data, MemoryAccess.ReadWrite, 2);
        world.Map(world.Base + (2 * world.PageBytes), PagedWorld.Data, MemoryAccess.Read);
        PagedMemory space = world.Space;
        ulong page = world.PageBytes;
        Allocations.AssertNone(() => Access(space, world.Base));
        Allocations.AssertNone(() => Access(space, world.Base + page - 4));
        Allocations.AssertNone(() => Access(space, world.Base + (2 * page) - 4));
        Allocations.AssertNone(() => Access(space, world.Base + (3 * page) - 4));
        Allocations.AssertNone(() => Access(space, world.Base + (5 * page)));
        Allocations.AssertNone(() =>
        {
            space.Flush(world.Base);
            Access(space, world.Base);
        });
    }

    [Fact]
    public void TwoStages_AllocateNothing()
    {
        using var world = new PagedWorld("ept 4 levels");
        world.Map(0, PagedWorld.Data, MemoryAccess.All, 256);
        var stageOne = new PageTableEditor(
            world.Space, PageTableFormat.X64FourLevels, new FrameAllocator(new GuestRange(0, 0x1_0000)));
        stageOne.Map(new GuestRange(0x4000_0000, 0x2000), 0x2_0000, MemoryAccess.ReadWrite);
        var space = new PagedMemory(
            world.Space, TranslationRegime.Of(stageOne.Table), new PagedMemoryOptions { AccessedDirty = AccessedDirty.Update });
        Allocations.AssertNone(() =>
        {
            space.FlushAll();
            Access(space, 0x4000_0ffc);
            Access(space, 0x4000_1ffc);
        });
    }

    private static void EveryAccessOnce(IAddressSpace space, ulong address)
    {
        Span<byte> buffer = stackalloc byte[16];
        space.TryRead(address, out ulong value, out _);
        space.TryWrite(address, value, out _);
        space.TryRead(address, out Int128 _, out _);
        space.Read(address, buffer, out _);
        space.Write(address, buffer, out _);
        space.TryFetchAdd(address & ~7UL, 1UL, out _, out _);
        space.TryGetSlice(address, ulong.MaxValue, MemoryAccess.Read, out _, out _);
        if (space is PagedMemory paged)
        {
            paged.TryRead(address, out value, out _);
            paged.TryWrite(address, value, out _);
            paged.TryTranslate(address, 100_000, MemoryAccess.Read, out _, out _, out _);
        }
    }
}
