using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Translations are kept until somebody says that they are old.</summary>
public sealed class PagedMemoryFlushTests
{
    private const ulong Before = PagedWorld.Data;
    private const ulong After = PagedWorld.Data + 0x20_0000;

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (string format in PagedWorld.Formats.Select(row => row.Data))
            {
                foreach (string how in (string[])["address", "range", "long range", "all", "switch"])
                    cases.Add(format, how);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Remapped_IsOldUntilFlushed(string format, string how)
    {
        using var world = new PagedWorld(format);
        Remap(world, world.Base, 1, world.PageBytes);
        Assert.Equal(Before, world.Space.Read<ulong>(world.Base));
        Flush(world, how, world.Base + 0x123);
        Assert.Equal(After, world.Space.Read<ulong>(world.Base));
    }

    // The translations of a large page are many; flushing any address of it forgets all of them, as a processor does.
    [Theory]
    [InlineData("x64 4 levels")]
    [InlineData("riscv Sv39")]
    [InlineData("aarch64 stage 1, Size16K, 48 bits")]
    public void LargePage_IsFlushedWhole(string format)
    {
        using var world = new PagedWorld(format);
        ulong size = world.PageBytes == 4096 ? 0x20_0000 : world.PageBytes;
        Remap(world, world.Base, size / world.PageBytes, size);
        world.Space.Flush(world.Base + size - 1);
        for (ulong offset = 0; offset < size; offset += 4096)
            Assert.Equal(After + offset, world.Space.Read<ulong>(world.Base + offset));
    }

    // All names of one address are one page.
    [Theory]
    [InlineData(0xabUL << 56, 0)]
    [InlineData(0, 0xabUL << 56)]
    [InlineData(0xabUL << 56, 0xcdUL << 56)]
    public void IgnoredTopByte_FlushOfOneName_IsTheFlushOfAll(ulong used, ulong flushed)
    {
        PageTableFormat format = PageTableFormat.AArch64Stage1(
            new AArch64Stage1Options { InputBits = 39, TopByteIgnored = true });
        using var world = new PagedWorld(format);
        Remap(world, world.Base, 1, 4096, used);
        world.Space.Flush(world.Base | flushed);
        Assert.Equal(After, world.Space.Read<ulong>(world.Base | used));
    }

    [Fact]
    public void Flush_OfAnEmptyRange_ForgetsNothing()
    {
        using var world = new PagedWorld("x64 4 levels");
        Remap(world, world.Base, 1, 4096);
        world.Space.Flush(new GuestRange(world.Base, 0));
        world.Space.Flush(new GuestRange(world.Base + 0x1000, 0x1000));
        Assert.Equal(Before, world.Space.Read<ulong>(world.Base));
    }

    [Fact]
    public void RightsTakenAway_AreDeniedWhenFlushed()
    {
        using var world = new PagedWorld("x64 4 levels");
        var page = new GuestRange(world.Base, 4096);
        world.Map(world.Base, Before, MemoryAccess.ReadWrite);
        world.Space.Write(world.Base, 1UL);
        world.Untold.Protect(page, MemoryAccess.Read);
        Assert.True(world.Space.TryWrite(world.Base, 2UL, out _));
        world.Space.Flush(page);
        Assert.False(world.Space.TryWrite(world.Base, 3UL, out AccessFault fault));
        Assert.Equal(FaultKind.Permission, fault.Kind);
        Assert.Equal(2UL, world.Space.Read<ulong>(world.Base));
    }

    [Fact]
    public void RightsGiven_NeedNoFlush()
    {
        using var world = new PagedWorld("x64 4 levels");
        var page = new GuestRange(world.Base, 4096);
        world.Map(world.Base, Before, MemoryAccess.Read);
        Assert.False(world.Space.TryWrite(world.Base, 1UL, out _));
        Assert.Equal(0UL, world.Space.Read<ulong>(world.Base));
        world.Untold.Protect(page, MemoryAccess.ReadWrite);
        Assert.True(world.Space.TryWrite(world.Base, 1UL, out AccessFault fault), fault.ToString());
    }

    [Fact]
    public void Mapped_NeedsNoFlush()
    {
        using var world = new PagedWorld("x64 4 levels");
        Assert.False(world.Space.TryRead(world.Base, out ulong _, out _));
        world.Untold.Map(new GuestRange(world.Base, 4096), Before, MemoryAccess.Read);
        Assert.True(world.Space.TryRead(world.Base, out ulong _, out _));
    }

    // Addresses that share an entry of the TLB never take each other's translation.
    [Fact]
    public void ManyPages_MoreThanTheTlbHas_LeadWhereTheyShould()
    {
        using var world = new PagedWorld("x64 4 levels");
        const int Pages = 3000;
        for (ulong i = 0; i < Pages; i++)
        {
            // Over many tables, each page to one of 512 frames.
            ulong address = i * 0x3_5000;
            world.Untold.Map(new GuestRange(address, 4096), Before + (i % 512 * 4096), MemoryAccess.ReadWrite);
        }

        for (ulong frame = 0; frame < 512; frame++)
            world.Memory.Write(Before + (frame * 4096), frame);

        var random = new Random(1);
        for (int i = 0; i < 100_000; i++)
        {
            ulong page = (ulong)random.Next(Pages);
            Assert.Equal(page % 512, world.Space.Read<ulong>(page * 0x3_5000));
        }
    }

    private static void Remap(PagedWorld world, ulong address, ulong pages, ulong size, ulong tag = 0)
    {
        for (ulong offset = 0; offset < size; offset += 4096)
        {
            world.Memory.Write(Before + offset, Before + offset);
            world.Memory.Write(After + offset, After + offset);
        }

        world.Map(address, Before, MemoryAccess.Read, pages);
        for (ulong offset = 0; offset < size; offset += 4096)
            Assert.Equal(Before + offset, world.Space.Read<ulong>((address + offset) | tag));

        world.Untold.Unmap(new GuestRange(address, size));
        world.Untold.Map(new GuestRange(address, size), After, MemoryAccess.Read);
        Assert.Equal(Before, world.Space.Read<ulong>(address | tag));
    }

    private static void Flush(PagedWorld world, string how, ulong address)
    {
        switch (how)
        {
            case "address":
                world.Space.Flush(address);
                break;
            case "range":
                world.Space.Flush(new GuestRange(address - 0x2123, 0x10_0000));
                break;
            case "long range":
                world.Space.Flush(new GuestRange(0, ulong.MaxValue));
                break;
            case "all":
                world.Space.FlushAll();
                break;
            default:
                world.Space.Switch(world.Space.Walker.Regime);
                break;
        }
    }
}
