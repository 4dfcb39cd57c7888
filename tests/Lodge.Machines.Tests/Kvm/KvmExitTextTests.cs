using Lodge.Machines.Interop;
using Xunit;

namespace Lodge.Machines.Tests;

public sealed unsafe class KvmExitTextTests
{
    [Fact]
    public void Describe_EmulationFailure_HasTheInstructionBytes()
    {
        var run = new kvm_run
        {
            exit_reason = (uint)KvmExit.KVM_EXIT_INTERNAL_ERROR,
            internal_suberror = 1,
            internal_ndata = 4,
            emulation_failure_flags = 1,
        };
        run.emulation_failure_insn_size = 3;
        run.emulation_failure_insn_bytes[0] = 0x0F;
        run.emulation_failure_insn_bytes[1] = 0xA2;
        run.emulation_failure_insn_bytes[2] = 0x90;
        Assert.Equal("KVM cannot emulate an instruction; instruction bytes 0fa290", KvmExitText.Describe(run));

        // What lies about its size is cut.
        run.emulation_failure_insn_size = 255;
        Assert.EndsWith(" 0fa290" + new string('0', 24), KvmExitText.Describe(run), StringComparison.Ordinal);

        // Without the flag the words are data.
        run.emulation_failure_flags = 0;
        Assert.Contains("; data 0x0 0x", KvmExitText.Describe(run), StringComparison.Ordinal);
    }

    [Fact]
    public void Describe_InternalError_HasAtMostTheWordsThatThereAre()
    {
        var run = new kvm_run
        {
            exit_reason = (uint)KvmExit.KVM_EXIT_INTERNAL_ERROR,
            internal_suberror = 3,
            internal_ndata = uint.MaxValue,
        };
        for (int i = 0; i < kvm_run.MostInternalErrorWords; i++)
            run.internal_data[i] = (ulong)i;

        Assert.Equal(
            "KVM could not deliver an event; data 0x0 0x1 0x2 0x3 0x4 0x5 0x6 0x7 0x8 0x9 0xa 0xb 0xc 0xd 0xe 0xf",
            KvmExitText.Describe(run));
        run.internal_ndata = 0;
        run.internal_suberror = 99;
        Assert.Equal("suberror 99", KvmExitText.Describe(run));
    }

    [Theory]
    [InlineData(9u, "hardware reason 0x80000021")]
    [InlineData(0u, "0x80000021")]
    [InlineData(39u, "exit 39 (KVM_EXIT_MEMORY_FAULT)")]
    [InlineData(1000u, "exit 1000,")]
    [InlineData(24u, "system event")]
    [InlineData(8u, "triple fault")]
    public void Describe_Others_HaveTheirFacts(uint reason, string fact)
    {
        var run = new kvm_run { exit_reason = reason, hw_hardware_exit_reason = 0x8000_0021 };
        Assert.Contains(fact, KvmExitText.Describe(run), StringComparison.Ordinal);
    }
}
