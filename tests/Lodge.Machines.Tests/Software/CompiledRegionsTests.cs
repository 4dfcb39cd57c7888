using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

/// <summary>What the process keeps of compiled code. Nothing runs beside these, because the budget is the process's.</summary>
[Collection(ProcessStateCollection.Name)]
public sealed class CompiledRegionsTests : IDisposable
{
    private const int Functions = 200;
    private const ulong Spacing = 0x80;
    private const ulong Place = 0x4_0000;
    private const uint Rounds = 20;

    // The most that one region of these functions may be said to take.
    private const long BytesOfRegion = 100 << 10;

    private readonly long _budget = CompiledRegions.Budget;

    public CompiledRegionsTests()
    {
        // Without what other tests have left.
        CompiledRegions.Budget = 0;
        CompiledRegions.Budget = _budget;
    }

    public void Dispose() => CompiledRegions.Budget = _budget;

    [Fact]
    public void Code_MoreThanTheBudget_IsGivenUpAndDoesTheSame()
    {
        using TinyGuest guest = MakeGuest();
        ulong[] expected = [.. Enumerable.Range(0, Functions).Select(i => (ulong)(Rounds * (i + 1)))];
        Assert.Equal(expected, CallAll(guest));
        long needed = CompiledRegions.KeptBytes;
        Assert.True(needed >= Functions * 10_000L, $"All of it takes {needed} bytes.");

        CompiledRegions.Budget = needed / 10;
        using TinyGuest other = MakeGuest();
        for (int round = 0; round < 3; round++)
        {
            Assert.Equal(expected, CallAll(other));
            Assert.InRange(CompiledRegions.KeptBytes, 1, CompiledRegions.Budget + BytesOfRegion);
            Assert.Equal(expected, CallAll(guest));
        }

        CompiledRegions.Budget = _budget;
        Assert.Equal(expected, CallAll(guest));
        Assert.InRange(CompiledRegions.KeptBytes, needed / 5, _budget);
        Assert.Null(CompiledRegions.LastFailure);
    }

    [Fact]
    public void Code_WithoutAnyBudget_DoesTheSame()
    {
        CompiledRegions.Budget = 0;
        using TinyGuest guest = MakeGuest();
        for (int round = 0; round < 2; round++)
            Assert.Equal(Enumerable.Range(0, Functions).Select(i => (ulong)(Rounds * (i + 1))), CallAll(guest));

        Assert.InRange(CompiledRegions.KeptBytes, 1, BytesOfRegion);
    }

    /// <summary>What one vCPU executes is given up for what another one has compiled.</summary>
    [Fact]
    public void Code_GivenUpWhileItRuns_DoesTheSame()
    {
        using TinyGuest steady = MakeGuest();
        ulong[] expected = [.. Enumerable.Range(0, Functions).Select(i => (ulong)(Rounds * (i + 1)))];
        CompiledRegions.Budget = 8 * BytesOfRegion;
        using (var crew = new Crew())
        {
            crew.Start(() => Assert.Equal(expected, CallAll(steady)));
            for (int i = 0; i < 3 && crew.IsRunning; i++)
            {
                using TinyGuest other = MakeGuest();
                Assert.Equal(expected, CallAll(other));
            }
        }

        Assert.Null(CompiledRegions.LastFailure);
    }

    /// <summary>Many functions, each of which adds its own number up.</summary>
    private static TinyGuest MakeGuest()
    {
        var guest = new TinyGuest("compiled", c => c.hlt());
        for (int i = 0; i < Functions; i++)
        {
            int number = i + 1;
            guest.Load(Place + ((ulong)i * Spacing), c =>
            {
                Iced.Intel.Label again = c.CreateLabel();
                c.mov(ecx, Rounds);
                c.xor(eax, eax);
                c.Label(ref again);
                c.add(rax, number);
                c.dec(ecx);
                c.jnz(again);
                c.hlt();
            });
        }

        return guest;
    }

    private static ulong[] CallAll(TinyGuest guest) =>
    [
        .. Enumerable.Range(0, Functions).Select(i =>
        {
            guest.Cpu.Registers = new GeneralRegisters { Rip = Place + ((ulong)i * Spacing) };
            Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
            return guest.Registers.Rax;
        }),
    ];
}
