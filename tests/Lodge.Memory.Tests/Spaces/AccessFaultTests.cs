using Xunit;

namespace Lodge.Memory.Tests;

public sealed class AccessFaultTests
{
    [Fact]
    public void Message_OfAHole_NamesAccessLengthAndAddress()
        => AssertMessage(
            new AccessFault(FaultKind.Unmapped, 0x1ff8, 16, MemoryAccess.Read), "read of 16 bytes at 0x1ff8: nothing is mapped there.");

    [Fact]
    public void Message_OfOneByte_IsInTheSingular()
        => AssertMessage(
            new AccessFault(FaultKind.Overflow, ulong.MaxValue, 1, MemoryAccess.Write),
            "write of 1 byte at 0xffffffffffffffff: the access passes the end of the address space.");

    [Fact]
    public void Message_OfAMissingRight_NamesWhatIsAllowed()
    {
        AssertMessage(
            new AccessFault(FaultKind.Permission, 0x1000, 4, MemoryAccess.Write, MemoryAccess.ReadExecute),
            "write of 4 bytes at 0x1000: allowed there: read and execute.");
        AssertMessage(
            new AccessFault(FaultKind.Permission, 0x1000, 4, MemoryAccess.ReadWrite, MemoryAccess.Read),
            "read and write of 4 bytes at 0x1000: allowed there: read.");
        AssertMessage(
            new AccessFault(FaultKind.Permission, 0x1000, 4, MemoryAccess.Execute),
            "execute of 4 bytes at 0x1000: allowed there: nothing.");
    }

    [Fact]
    public void Message_OfAMissingTableEntry_NamesTheLevel()
    {
        AssertMessage(
            new AccessFault(FaultKind.NotPresent, 0x1000, 8, MemoryAccess.Read, level: 3),
            "read of 8 bytes at 0x1000: the level-3 table has no entry for it.");
        AssertMessage(
            new AccessFault(FaultKind.NotPresent, 0x1000, 8, MemoryAccess.Read), "read of 8 bytes at 0x1000: no translation for it.");
    }

    [Fact]
    public void Message_OfEveryKind_StatesTheFacts()
    {
        foreach (FaultKind kind in Enum.GetValues<FaultKind>())
        {
            string message = new AccessFault(kind, 0xabc, 12, MemoryAccess.Write).ToString();
            if (kind == FaultKind.None)
                Assert.Equal("No fault.", message);
            else
                Assert.StartsWith("write of 12 bytes at 0xabc: ", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Exception_CarriesTheFaultAndItsMessage()
    {
        using GuestMemory memory = GuestMemory.Anonymous(4096);
        GuestMemoryException exception = Assert.Throws<GuestMemoryException>(() => memory.Read<ulong>(4092));
        Assert.Equal(new AccessFault(FaultKind.Unmapped, 4096, 4, MemoryAccess.Read), exception.Fault);
        Assert.Equal(exception.Fault.ToString(), exception.Message);
        Assert.Equal(FaultKind.None, new GuestMemoryException().Fault.Kind);
        Assert.Equal(FaultKind.None, new GuestMemoryException("because").Fault.Kind);
        Assert.Equal("because", new GuestMemoryException("because", exception).Message);
    }

    [Fact]
    public void Fault_KeepsAllOfItsFacts()
    {
        var fault = new AccessFault((FaultKind)0xfe, ulong.MaxValue, ulong.MaxValue, (MemoryAccess)0xfd, (MemoryAccess)0xfc, 0xfb);
        Assert.Equal((FaultKind)0xfe, fault.Kind);
        Assert.Equal(GuestAddress.Max, fault.Address);
        Assert.Equal(ulong.MaxValue, fault.Length);
        Assert.Equal((MemoryAccess)0xfd, fault.Access);
        Assert.Equal((MemoryAccess)0xfc, fault.Allowed);
        Assert.Equal(0xfb, fault.Level);
        Assert.NotEqual(fault, new AccessFault((FaultKind)0xfe, ulong.MaxValue, ulong.MaxValue, (MemoryAccess)0xfd, (MemoryAccess)0xfc, 0xfa));
        Assert.NotEqual(fault, fault with { Length = 1 });
        Assert.Equal(default, new AccessFault(FaultKind.None, 0, 0, MemoryAccess.None));
    }

    private static void AssertMessage(AccessFault fault, string expected) => Assert.Equal(expected, fault.ToString());
}
