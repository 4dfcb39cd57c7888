using Microsoft.Win32.SafeHandles;
using Xunit;

namespace Lodge.Machines.Tests;

public sealed class RunAreaTests
{
    private const int Size = 12288;

    /// <summary>What a kernel that errs, or memory that somebody else changed, might say of places in the area.</summary>
    [KvmFact]
    public void Holds_PlacesOutsideOfTheArea_AreNotThere()
    {
        using RunArea area = Make();
        Assert.True(area.Holds(4096, 4096));
        Assert.True(area.Holds(Size - 1, 1));
        Assert.True(area.Holds(Size, 0));
        Assert.False(area.Holds(Size, 1));
        Assert.False(area.Holds(Size - 1, 2));
        Assert.False(area.Holds(0, 1));
        Assert.False(area.Holds(31, 4));
        Assert.False(area.Holds(ulong.MaxValue, 1));
        Assert.False(area.Holds(4096, ulong.MaxValue));
        Assert.False(area.Holds(ulong.MaxValue - 3, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => area.Read(Size - 4, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => area.Write(Size - 4, 8, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => area.Read(4096, 9));
        Assert.Throws<ArgumentOutOfRangeException>(() => area.Read(4096, 0));
    }

    [KvmFact]
    public void Write_FewBytes_LeavesTheOthers()
    {
        using RunArea area = Make();
        area.Write(4096, 8, ulong.MaxValue);
        area.Write(4097, 2, 0x1_1234);
        Assert.Equal(0xFFFF_FFFF_FF12_34FFu, area.Read(4096, 8));
        Assert.Equal(0x1234u, area.Read(4097, 2));
    }

    [KvmFact]
    public void Constructor_AreaThatIsTooSmall_IsRefused()
    {
        using SafeFileHandle device = Open();
        Assert.Throws<MachineException>(() => new RunArea(device, 2048));
    }

    private static RunArea Make()
    {
        using SafeFileHandle device = Open();
        return new RunArea(device, Size);
    }

    private static SafeFileHandle Open() => File.OpenHandle("/dev/zero", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
}
