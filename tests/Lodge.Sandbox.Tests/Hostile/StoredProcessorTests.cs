using System.Text.Json.Nodes;
using Xunit;

namespace Lodge.Sandbox.Tests;

/// <summary>Stored snapshots whose processor is in a state that no guest could have brought it into.</summary>
public sealed class StoredProcessorTests : IDisposable
{
    private const string Tag = StoreUnderTest.Tag;
    private const int Cases = 300;

    private readonly StoreUnderTest _stored = new(HostileGuest.Create());

    public void Dispose() => _stored.Dispose();

    /// <summary>Every register and every part of one, and whatever is asked of the sandbox afterwards.</summary>
    [Fact]
    public void Sandbox_OfAnyRegisters_IsRefusedOrHarmless()
    {
        using Sandbox honest = HostileGuest.Create();
        using Snapshot clean = honest.TakeSnapshot();
        JsonNode before = _stored.Editor.Index;
        var random = new Random(20_261_122);
        var counts = new Dictionary<string, int>();
        for (int i = 0; i < Cases; i++)
        {
            File.WriteAllText(_stored.Editor.IndexPath, before.ToJsonString());
            string what = "";
            _stored.Editor.EditConfig(config =>
            {
                JsonNode cpu = config["cpu"]!;
                for (int changes = random.Next(1, 4); changes > 0; changes--)
                    Spoil(cpu[random.Next(5) == 0 ? "debug" : "system"]!.AsObject(), random);

                if (random.Next(4) == 0)
                    Spoil(cpu["modelSpecific"]!.AsObject(), random);

                if (random.Next(4) == 0)
                    config["generation"] = random.Next(2) == 0 ? -1 : long.MaxValue;

                what = cpu.ToJsonString();
            });
            string outcome = $"Case {i}: {what}";
            Restrained.Run(() => outcome = Attempt(honest, clean, outcome));
            counts[outcome] = counts.GetValueOrDefault(outcome) + 1;
        }

        TestContext.Current.SendDiagnosticMessage(string.Join(", ", counts));
        Assert.Equal(3, honest.Call<int>("Add", 1, 2));
    }

    private string Attempt(Sandbox honest, Snapshot clean, string what)
    {
        using Snapshot loaded = _stored.Store.Load(Tag);
        string outcome = "";
        try
        {
            using Sandbox sandbox = HostileGuest.Create(loaded);
            outcome = "made";
            var add = new Attack(what, Outcomes.Any, "Add", 1, 2) { Timeout = TimeSpan.FromMilliseconds(20) };
            LookAt(sandbox);
            outcome = $"{HostileGuest.Call(sandbox, add)}";
            LookAt(sandbox);
            sandbox.Restore(clean);
            Assert.Equal(3, sandbox.Call<int>("Add", 1, 2));
            honest.Restore(loaded);
            HostileGuest.Call(honest, add);
            honest.Restore(clean);
        }
        catch (MachineException)
        {
            outcome += " refused";
        }
        catch (Exception problem) when (problem is not Xunit.Sdk.XunitException)
        {
            throw new InvalidOperationException(what, problem);
        }

        return outcome;
    }

    private static void LookAt(Sandbox sandbox)
    {
        sandbox.ReadPageMap(1000);
        sandbox.WriteCoreDump(Stream.Null);
        sandbox.VirtualMemory.TryRead(0x4000, out ulong _, out _);
        sandbox.VirtualMemory.TryRead(ulong.MaxValue - 6, out ulong _, out _);
        try
        {
            using Snapshot taken = sandbox.TakeSnapshot();
            using Sandbox next = HostileGuest.Create(taken);
        }
        catch (Exception refused) when (refused is SnapshotException or InvalidOperationException)
        {
            Assert.NotEmpty(refused.Message);
        }
    }

    private static void Spoil(JsonObject registers, Random random)
    {
        string name = registers.Select(static register => register.Key).ElementAt(random.Next(registers.Count));
        switch (registers[name])
        {
            case JsonObject parts:
                Spoil(parts, random);
                break;
            case JsonValue value when value.TryGetValue(out string? text):
                ulong old = Convert.ToUInt64(text, 16);
                ulong changed = random.Next(3) switch
                {
                    0 => old ^ (1UL << random.Next(64)),
                    1 => HostileInput.Extremes[random.Next(HostileInput.Extremes.Length)],
                    _ => (ulong)random.NextInt64(long.MinValue, long.MaxValue),
                };
                registers[name] = $"0x{changed:x}";
                break;
            case JsonValue value:
                long number = value.GetValue<long>();

                // Those of segments, but not of descriptor tables, have 32 bits.
                int bits = name == "limit" && registers.ContainsKey("selector") ? 32 : 16;
                registers[name] = random.Next(2) == 0 ? number ^ (1L << random.Next(bits)) : random.NextInt64(1L << bits);
                break;
        }
    }
}
