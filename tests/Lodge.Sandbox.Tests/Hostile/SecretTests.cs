using System.Runtime.InteropServices;
using Xunit;

namespace Lodge.Sandbox.Tests;

public sealed class SecretTests
{
    // An address in the lower half, which every register takes.
    private const ulong Secret = 0x0000_5EC2_E75E_C2E7;

    private static readonly uint[] MsrIndices =
    [
        Msr.SysenterCs, Msr.SysenterEsp, Msr.SysenterEip, Msr.Pat, Msr.Star, Msr.Lstar, Msr.Cstar, Msr.SyscallMask,
        Msr.FsBase, Msr.GsBase, Msr.KernelGsBase, Msr.TscAux,
    ];

    [Theory]
    [InlineData("general registers")]
    [InlineData("SSE registers")]
    [InlineData("XSAVE area")]
    [InlineData("debug registers")]
    [InlineData("control registers and segments")]
    [InlineData("model-specific registers")]
    [InlineData("memory")]
    public void Restore_ForgetsASecretIn(string place)
    {
        var engine = new RecordingEngine(HostileGuest.Engine);
        using Sandbox sandbox = HostileGuest.Create(options => options.Engine = engine);
        IVirtualCpu cpu = Assert.Single(engine.Cpus);
        using Snapshot clean = sandbox.TakeSnapshot();
        sandbox.Restore(clean);
        Assert.False(Has(sandbox, cpu, place), "It was there before.");

        sandbox.Call<GuestValue>("Plant", Secret);
        Assert.True(Has(sandbox, cpu, place), "It was not planted, and so not looked for where it could be.");
        sandbox.Restore(clean);
        Assert.False(Has(sandbox, cpu, place), "It is still there.");
        Assert.Equal(3, sandbox.Call<int>("Add", 1, 2));
        Assert.False(Has(sandbox, cpu, place), "It is there again after a call.");
    }

    [Fact]
    public void Restore_ForgetsWhatTheGuestMadeOfTheTimeStampCounter()
    {
        const uint TimeStampCounter = 0x10;
        using Sandbox sandbox = HostileGuest.Create();
        using Snapshot clean = sandbox.TakeSnapshot();
        sandbox.Call<int>("WriteMsr", TimeStampCounter, 1UL << 62);
        Assert.InRange(sandbox.Call<ulong>("ReadMsr", TimeStampCounter), 1UL << 62, ulong.MaxValue);
        sandbox.Restore(clean);
        Assert.InRange(sandbox.Call<ulong>("ReadMsr", TimeStampCounter), 0UL, (1UL << 62) - 1);
    }

    [Fact]
    public void Restore_ForgetsHalfOfACharacter()
    {
        using var writer = new StringWriter();
        using Sandbox sandbox = HostileGuest.Create(options => options.Output = writer);
        using Snapshot clean = sandbox.TakeSnapshot();
        Assert.Throws<GuestAbortedException>(() => sandbox.Call("PrintAndAbort", new byte[] { (byte)'x', 0xC3 }));
        sandbox.Restore(clean);
        writer.GetStringBuilder().Clear();
        sandbox.Call("PrintBytes", new byte[] { 0xA9, (byte)'y' });
        Assert.Equal("\uFFFDy", writer.ToString());
    }

    [Fact]
    public void Restore_ForgetsWhatWasOnItsWayToAnAbort()
    {
        using Sandbox sandbox = HostileGuest.Create();
        using Snapshot clean = sandbox.TakeSnapshot();

        // Three characters of an abort that does not come to its end.
        sandbox.Call("Out", 102u, 0x4344_4503u, 4);
        sandbox.Restore(clean);
        var abort = Assert.Throws<GuestAbortedException>(() => sandbox.Call("Out", 102u, 0xFF41_2003u, 4));
        Assert.Equal("A", abort.Text);
    }

    private static bool Has(Sandbox sandbox, IVirtualCpu cpu, string place)
    {
        switch (place)
        {
            case "general registers":
                GeneralRegisters general = cpu.Registers;
                return Has(MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref general, 1)));
            case "SSE registers":
                FpuRegisters fpu = cpu.FpuRegisters;
                return Has(MemoryMarshal.AsBytes(fpu.Xmm)) || Has(MemoryMarshal.AsBytes(fpu.St));
            case "XSAVE area":
                var area = new byte[cpu.XsaveSize];
                cpu.GetXsave(area);
                return Has(area);
            case "debug registers":
                DebugRegisters debug = cpu.DebugRegisters;
                return Has(MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref debug, 1)));
            case "control registers and segments":
                SystemRegisters system = cpu.SystemRegisters;
                return system.Cr2 == Secret || system.Fs.Base == Secret || system.Gs.Base == Secret;
            case "model-specific registers":
                foreach (uint index in MsrIndices)
                {
                    if (cpu.TryGetMsr(index, out ulong value) && (value == Secret || value == unchecked((uint)Secret)))
                        return true;
                }

                return false;
            default:
                return Has(HostileGuest.ScratchOf(sandbox));
        }
    }

    private static bool Has(ReadOnlySpan<byte> bytes)
    {
        ulong secret = Secret;
        return bytes.IndexOf(MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref secret, 1))) >= 0;
    }
}
