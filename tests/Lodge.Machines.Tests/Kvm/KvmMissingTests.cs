using Lodge.Machines.Interop;
using Xunit;

namespace Lodge.Machines.Tests;

public sealed class KvmMissingTests
{
    [Theory]
    [InlineData(Errno.ENOENT, "nested virtualisation")]
    [InlineData(Errno.ENOENT, "--device /dev/kvm")]
    [InlineData(Errno.EACCES, "usermod -aG kvm")]
    [InlineData(Errno.EPERM, "container")]
    [InlineData(Errno.ENODEV, "kvm_intel or kvm_amd")]
    [InlineData(Errno.EBUSY, "VirtualBox")]
    [InlineData(Errno.EMFILE, "ulimit")]
    [InlineData(5, "error 5")]
    public void CannotOpen_SaysWhatToDo(int errno, string advice)
        => Assert.Contains(advice, KvmMissing.CannotOpen(errno), StringComparison.Ordinal);

    [Fact]
    public void Others_NameWhatIsMissing()
    {
        Assert.Contains("KVM_CAP_A, KVM_CAP_B", KvmMissing.Capabilities(["KVM_CAP_A", "KVM_CAP_B"]), StringComparison.Ordinal);
        Assert.Contains("version 11", KvmMissing.OtherVersion(11), StringComparison.Ordinal);
        Assert.Contains("error 25", KvmMissing.NotKvm(Errno.ENOTTY), StringComparison.Ordinal);
        Assert.Contains("VirtualBox", KvmMissing.AdviceForCreating(Errno.EBUSY), StringComparison.Ordinal);
        Assert.Null(KvmMissing.AdviceForCreating(Errno.EINVAL));
    }

    /// <summary>Runs where there is KVM and where there is none.</summary>
    [Fact]
    public void Engine_IsAvailableOrSaysWhyNot()
    {
        var engine = new KvmEngine();
        Assert.Equal(engine.IsAvailable, engine.MissingBecause is null);
        if (engine.IsAvailable)
        {
            using IVirtualMachine machine = engine.CreateMachine();
            Assert.Same(engine, machine.Engine);
        }
        else
        {
            Assert.NotEmpty(engine.MissingBecause);
            Assert.Equal(engine.MissingBecause, Assert.Throws<MachineException>(engine.CreateMachine).Message);
        }
    }
}
