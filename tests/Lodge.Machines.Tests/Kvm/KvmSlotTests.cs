using Xunit;

namespace Lodge.Machines.Tests;

public sealed class KvmSlotTests
{
    private const ulong Page = 4096;
    private const ulong Start = 0x40_0000;

    [KvmFact]
    public void Map_WhatTheKernelRefuses_IsRefusedWithItsErrorAndLeavesNothing()
    {
        // More than any processor can address.
        using IVirtualMachine machine = Machines.Kvm.CreateMachine();
        using MemoryRegion region = MemoryRegion.Anonymous(ulong.MaxValue - Page + 1, Page);
        MachineException refused = Assert.Throws<MachineException>(() => machine.Map(region));
        Assert.NotEqual(0, refused.ErrorCode);
        Assert.Empty(machine.Slots);
        Assert.Empty(machine.Memory.Current.Regions);
        using MemoryRegion good = MemoryRegion.Anonymous(Start, Page);
        Assert.Equal(0, machine.Map(good).Number);
    }
}
