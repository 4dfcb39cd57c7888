using Xunit;

namespace Lodge.Sandbox.Tests;

/// <summary>Registers that hold what a guest puts there, and of which the sandbox knows nothing.</summary>
public sealed class ModelSpecificSecretTests
{
    private const ulong Secret = 0x5EC0;

    // TSC_ADJUST; kinds of memory; addresses and details of machine checks; system calls; clocks of KVM and of Hyper-V.
    private static readonly uint[] Indices =
    [
        0x3B, 0x174, 0x175, 0x176, 0x200, 0x201, 0x20E, 0x250, 0x26F, 0x2FF, 0x402, 0x403, 0x47E, 0x4B56_4D01, 0x4000_0000,
        0xC000_0081, 0xC000_0082, 0xC000_0083, 0xC000_0084, 0xC000_0102, 0xC000_0103,
    ];

    public static TheoryData<string> Engines => [.. Machines.Machines.Available.Select(static engine => engine.Name)];

    [Theory]
    [MemberData(nameof(Engines))]
    public void Restore_LeavesNothingOfThem(string engine)
    {
        using var sandbox = Sandbox.Create(
            HostileGuest.Path, options => options.Engine = Machines.Machines.All.Single(one => one.Name == engine));
        using Snapshot clean = sandbox.TakeSnapshot();
        int kept = 0;
        foreach (uint index in Indices)
        {
            string? before = Attempt(() => $"{sandbox.Call<ulong>("ReadMsr", index):x}");
            sandbox.Restore(clean);
            Attempt(() => $"{sandbox.Call<int>("WriteMsr", index, Secret)}");
            if (sandbox.Status == SandboxStatus.Ready && Attempt(() => $"{sandbox.Call<ulong>("ReadMsr", index):x}") != before)
                kept++;

            sandbox.Restore(clean);
            string? after = Attempt(() => $"{sandbox.Call<ulong>("ReadMsr", index):x}");
            Assert.True(before == after, $"0x{index:x} is {after}, and was {before}.");
            sandbox.Restore(clean);
        }

        // Otherwise there was nothing to leave.
        Assert.InRange(kept, 3, Indices.Length);
    }

    private static string? Attempt(Func<string> call)
    {
        try
        {
            return call();
        }
        catch (GuestAbortedException)
        {
            return null;
        }
    }
}
