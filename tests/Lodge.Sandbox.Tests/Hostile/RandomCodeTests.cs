using System.Buffers.Binary;
using Xunit;

namespace Lodge.Sandbox.Tests;

/// <summary>Code of a guest's that nobody has written: bytes, and instructions of the system's with odd operands.</summary>
public sealed class RandomCodeTests
{
    private const int Rounds = 1500;

    // Operation codes that change the processor, without what follows them.
    private static readonly byte[][] SystemCodes =
    [
        [0x0F, 0x00], [0x0F, 0x01], [0x0F, 0x02], [0x0F, 0x03], [0x0F, 0x05], [0x0F, 0x06], [0x0F, 0x07], [0x0F, 0x08],
        [0x0F, 0x09], [0x0F, 0x20], [0x0F, 0x21], [0x0F, 0x22], [0x0F, 0x23], [0x0F, 0x30], [0x0F, 0x31], [0x0F, 0x32],
        [0x0F, 0x33], [0x0F, 0x34], [0x0F, 0x35], [0x0F, 0xA2], [0x0F, 0xAA], [0x0F, 0xAE], [0x0F, 0xC7], [0x48, 0x0F, 0xC7],
        [0x48, 0x0F, 0xAE], [0x48, 0x0F, 0x07], [0xF3, 0x0F, 0xAE], [0x66, 0x0F, 0xAE], [0xCF], [0x48, 0xCF], [0xCB],
        [0x48, 0xCB], [0xCA, 0x10, 0x00], [0xCD], [0xF1], [0xCC], [0x9D], [0x8E], [0x8C], [0xFF], [0xC8], [0xC9],
        [0x0F, 0xB2], [0x0F, 0xB4], [0xE6], [0xE4], [0xEE], [0x6E], [0xF3, 0x6F], [0xF3, 0x6C], [0xF3, 0xA4], [0xF3, 0xAB],
        [0xF0, 0x0F, 0xB1], [0x9B], [0xDB, 0xE3], [0xDD], [0xD9], [0xC4], [0xC5, 0xF8], [0x62], [0x0F, 0x0D], [0x0F, 0x18],
        [0x0F, 0x1E], [0xF4], [0xFA], [0xFB], [0xFD], [0x0F, 0x38],
    ];

    private static readonly ulong[] Numbers =
    [
        0, 1, 3, 8, 0x10, 0x1B, 0x4000, 0xFFFF, 0x1_0000, 0x8005_0033, 0x620, 0xC000_0080, 0xC000_0082, 0x5000_0000_0000,
        0x5000_0000_0FFF, 0x7FFF_FFFF_FFFF, 0x8000_0000_0000, 0xFFFF_FD00_0000_0000, 0xFFFF_FFFF_FFFF_EFD0, 0xFFFF_FFFF_FFFF_EFFF,
        0xFFFF_FFFF_FFFF_F000, 0x8000_0000_0000_0000, ulong.MaxValue,
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Call_OfRandomCode_EndsAsIsDocumented(bool ofTheSystem)
    {
        // Another seed: LODGE_HOSTILE_SEED; more rounds: LODGE_HOSTILE_ROUNDS, in runs of their own.
        int seed = Setting("LODGE_HOSTILE_SEED", 20_000);
        int rounds = Setting("LODGE_HOSTILE_ROUNDS", Rounds);
        var random = new Random(seed);
        using Sandbox sandbox = HostileGuest.Create();
        using Snapshot clean = sandbox.TakeSnapshot();
        for (int round = 0; round < rounds; round++)
        {
            byte[] code = ofTheSystem ? SystemCode(random) : RandomCode(random);
            try
            {
                Restrained.Run(() => Attempt(sandbox, clean, code));
            }
            catch (Exception failure)
            {
                Assert.Fail($"Seed {seed}, round {round}, code {Convert.ToHexString(code)}: {failure}");
            }
        }
    }

    private static void Attempt(Sandbox sandbox, Snapshot clean, byte[] code)
    {
        var attack = new Attack("code", Outcomes.Any, "Execute", code) { Timeout = TimeSpan.FromMilliseconds(20) };
        Outcomes outcome = HostileGuest.Call(sandbox, attack);
        Assert.Equal(
            (outcome & Outcomes.Ready) != 0 ? SandboxStatus.Ready : SandboxStatus.Poisoned, sandbox.Status);
        if (sandbox.Status == SandboxStatus.Ready)
        {
            try
            {
                sandbox.TakeSnapshot().Dispose();
            }
            catch (SnapshotException refused)
            {
                Assert.NotEmpty(refused.Message);
            }
        }

        sandbox.Restore(clean);
        Assert.Equal(3, sandbox.Call<int>("Add", 1, 2));
    }

    private static byte[] RandomCode(Random random)
    {
        var code = new byte[random.Next(1, 64)];
        random.NextBytes(code);
        return code;
    }

    /// <summary>Odd numbers in registers, then some instructions with whatever operands.</summary>
    private static byte[] SystemCode(Random random)
    {
        var code = new List<byte>();
        foreach (int register in new[] { 0, 1, 2, 3, 6, 7 })
        {
            if (random.Next(3) == 0)
                continue;

            var number = new byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(number, Numbers[random.Next(Numbers.Length)]);
            code.AddRange([0x48, (byte)(0xB8 + register), .. number]);
        }

        if (random.Next(4) == 0)
            code.Add(0x50);

        for (int count = random.Next(1, 5); count > 0; count--)
        {
            code.AddRange(SystemCodes[random.Next(SystemCodes.Length)]);
            code.Add((byte)random.Next(256));
            if (random.Next(4) == 0)
                code.AddRange([(byte)random.Next(256), (byte)random.Next(256), 0, 0]);
        }

        code.Add(0xC3);
        return [.. code];
    }

    private static int Setting(string name, int usual)
        => int.TryParse(Environment.GetEnvironmentVariable(name), out int value) ? value : usual;
}
