using Xunit;

namespace Lodge.Sandbox.Tests;

/// <summary>Where a guest was, as its exception says.</summary>
public sealed class GuestPositionTests
{
    [Fact]
    public void PageFault_NamesTheInstructionAndTheAddress()
    {
        var death = Death<GuestAbortedException>("WriteVirtual", 0x666_0000UL, 1UL);
        Assert.Equal(((byte?)14, (GuestAddress?)0x666_0000UL), (death.Vector, death.FaultAddress));
        Assert.StartsWith("lodge_run_WriteVirtual+0x", death.Symbol, StringComparison.Ordinal);
        string place = $"at {death.Symbol} ({death.Address}), for the address 0x6660000: ";
        Assert.Contains(place, death.Message, StringComparison.Ordinal);

        // The guest's own words agree.
        Assert.Contains($"at RIP {death.Address}", death.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void DivisionByZero_NamesTheInstruction()
    {
        var death = Death<GuestAbortedException>("Divide", 1, 0);
        Assert.Equal(((byte?)0, (GuestAddress?)null), (death.Vector, death.FaultAddress));
        Assert.StartsWith("lodge_run_Divide+0x", death.Symbol, StringComparison.Ordinal);
    }

    [Fact]
    public void StackThatUsesUpScratch_NamesTheFunctionThatGrewIt()
    {
        var death = Death<GuestAbortedException>("Recurse", -1);
        Assert.Null(death.Vector);
        Assert.StartsWith("descend+0x", death.Symbol, StringComparison.Ordinal);
        Assert.InRange(death.FaultAddress!.Value.Value, 0xFFFF_FE00_0000_0000, 0xFFFF_FF00_0000_0000);
    }

    [Fact]
    public void Abort_NamesItself()
    {
        var death = Death<GuestAbortedException>("PrintAndAbort", new byte[] { (byte)'A' });
        Assert.StartsWith("lodge_abort+0x", death.Symbol, StringComparison.Ordinal);
        Assert.Null(death.FaultAddress);
    }

    [Fact]
    public void TripleFault_NamesTheInstruction()
    {
        var death = Death<GuestCrashedException>("TripleFault");
        Assert.StartsWith("lodge_run_TripleFault+0x", death.Symbol, StringComparison.Ordinal);
        Assert.Contains($"{death.Symbol} ({death.Address})", death.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Timeout_NamesTheLoop()
    {
        using Sandbox sandbox = HostileGuest.Create();
        var death = Assert.Throws<GuestTimeoutException>(
            () => sandbox.Call<GuestValue>("Loop", TimeSpan.FromMilliseconds(300), TestContext.Current.CancellationToken));
        Assert.StartsWith("lodge_run_Loop", death.Symbol, StringComparison.Ordinal);
        Assert.Contains($"{death.Symbol} ({death.Address})", death.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddressOutsideOfTheBinary_HasNoName()
    {
        var death = Death<GuestAbortedException>("ExecuteVirtual", 0x1234UL);
        Assert.Equal((0x1234UL, null), (death.Address.Value, death.Symbol));
        Assert.Contains("at 0x1234, for the address 0x1234: ", death.Message, StringComparison.Ordinal);
    }

    private static T Death<T>(string function, params GuestValue[] arguments)
        where T : GuestStoppedException
    {
        using Sandbox sandbox = HostileGuest.Create();
        return Assert.Throws<T>(() => sandbox.Call<GuestValue>(
            function, TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken, arguments));
    }
}
