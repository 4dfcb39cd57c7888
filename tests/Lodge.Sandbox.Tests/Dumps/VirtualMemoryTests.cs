using Xunit;

namespace Lodge.Sandbox.Tests;

public sealed class VirtualMemoryTests
{
    [Fact]
    public void Memory_BetweenCalls_IsWhatTheGuestHasThen()
    {
        using Sandbox sandbox = HostileGuest.Create();
        ulong heap = sandbox.Layout.Heap.Start.Value + 0x8000;
        Assert.Equal(0UL, sandbox.VirtualMemory.Read<ulong>(heap));

        // The first write gives the guest a page of its own, at another guest-physical address.
        foreach (ulong value in new[] { 7UL, 8UL })
        {
            sandbox.Call("WriteVirtual", heap, value);
            Assert.Equal(value, sandbox.VirtualMemory.Read<ulong>(heap));
        }
    }

    [Fact]
    public void Memory_AfterARestore_IsThatOfTheSnapshot()
    {
        using Sandbox sandbox = HostileGuest.Create();
        ulong heap = sandbox.Layout.Heap.Start.Value + 0x8000;
        sandbox.Call("WriteVirtual", heap, 7UL);
        using Snapshot snapshot = sandbox.TakeSnapshot();
        sandbox.Call("WriteVirtual", heap, 8UL);
        sandbox.Restore(snapshot);
        Assert.Equal(7UL, sandbox.VirtualMemory.Read<ulong>(heap));
    }

    [Fact]
    public void Image_IsTheBinary_AndWhatIsNotMappedIsAFault()
    {
        using Sandbox sandbox = HostileGuest.Create();
        var bytes = new byte[4];
        sandbox.VirtualMemory.ReadExactly(sandbox.Layout.Code.Start, bytes);
        Assert.Equal("\u007fELF"u8, bytes);
        Assert.False(sandbox.VirtualMemory.TryRead<ulong>(0, out _, out AccessFault fault));
        Assert.Equal((FaultKind.NotPresent, 0UL), (fault.Kind, fault.Address.Value));
    }

    [Fact]
    public void Memory_CannotBeWritten()
    {
        using Sandbox sandbox = HostileGuest.Create();
        GuestAddress window = sandbox.Layout.Window.Start;
        Assert.True(sandbox.VirtualMemory.TryRead<ulong>(window, out _, out _));
        Assert.False(sandbox.VirtualMemory.TryWrite(window, 1UL, out AccessFault fault));
        Assert.Equal((FaultKind.Permission, MemoryAccess.Read), (fault.Kind, fault.Allowed));
    }

    [Fact]
    public void Memory_OfADeadGuest_IsWhatItHasLeft()
    {
        using Sandbox sandbox = HostileGuest.Create();
        ulong heap = sandbox.Layout.Heap.Start.Value + 0x8000;
        sandbox.Call("WriteVirtual", heap, 7UL);
        Assert.Throws<GuestAbortedException>(() => sandbox.Call("WriteVirtual", 0UL, 1UL));
        Assert.Equal(SandboxStatus.Poisoned, sandbox.Status);
        Assert.Equal(7UL, sandbox.VirtualMemory.Read<ulong>(heap));
    }

    /// <summary>Tables of nothing but the guest's own words: whatever is read is the guest's, or a fault.</summary>
    [Theory]
    [InlineData(0UL)]
    [InlineData(ulong.MaxValue)]
    [InlineData(0x10_0000_0003UL)]
    public void TablesThatWereOverwritten_AreReadOrAreAFault(ulong value)
    {
        using Sandbox sandbox = HostileGuest.Create();
        Assert.ThrowsAny<SandboxException>(() => sandbox.Call<GuestValue>(
            "OverwriteScratch", TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken, value));
        foreach (ulong address in new ulong[] { 0, 0x4000, sandbox.Layout.Window.Start.Value, ulong.MaxValue - 7 })
            sandbox.VirtualMemory.TryRead<ulong>(address, out _, out _);
    }

    [Fact]
    public void Memory_WhileACallRuns_IsMisuse()
    {
        Exception? refused = null;
        Sandbox? sandbox = null;
        using (sandbox = Sandbox.Create(Guests.Hello, options =>
        {
            options.Engine = HostileGuest.Engine;
            options.AddHostFunction("GetWeekday", () =>
            {
                refused = Record.Exception(() => sandbox!.VirtualMemory.Read<ulong>(0x4000));
                return "Friday";
            });
        }))
        {
            sandbox.Call<string>("SayHello", "World");
            Assert.NotEqual(0UL, sandbox.VirtualMemory.Read<ulong>(0x4000));
        }

        Assert.IsType<InvalidOperationException>(refused);
        Assert.Throws<ObjectDisposedException>(() => sandbox.VirtualMemory.Read<ulong>(0x4000));
    }
}
