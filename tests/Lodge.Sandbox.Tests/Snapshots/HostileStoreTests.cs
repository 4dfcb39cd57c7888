using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Lodge.Sandbox.Tests;

/// <summary>Stored snapshots that are damaged, or made by somebody who means harm.</summary>
public sealed class HostileStoreTests : IDisposable
{
    private const string Tag = StoreUnderTest.Tag;

    private readonly StoreUnderTest _stored = new();

    /// <summary>Changes of the config, with digests that fit, and what is said of them.</summary>
    public static TheoryData<string, string, string> Changes => new()
    {
        { "formatVersion", "2", "version 2" },
        { "formatVersion", "-1", "version -1" },
        { "formatVersion", "\"1\"", "damaged" },
        { "formatVersion", "null", "damaged" },
        { "generation", "1e99", "damaged" },
        { "sizes.code", "0", "too small" },
        { "sizes.code", "-4096", "too small" },
        { "sizes.code", "9223372036854775807", "does not fit" },
        { "sizes.code", "4096", "not where it belongs" },
        { "sizes.heap", "0", "too small" },
        { "sizes.heap", "9223372036854775807", "does not fit" },
        { "sizes.heap", "60129542144", "at most" },
        { "sizes.heap", "1.5", "damaged" },
        { "sizes.initData", "-1", "too small" },
        { "sizes.initData", "9223372036854775807", "does not fit" },
        { "sizes.mappedFiles", "null", "damaged" },
        { "sizes.mappedFiles", "[0]", "too small" },
        { "sizes.mappedFiles", "[-1]", "too small" },
        { "sizes.mappedFiles", "[9223372036854775807]", "does not fit" },
        { "sizes.input", "0", "too small" },
        { "sizes.input", "9223372036854775807", "is the most" },
        { "sizes.output", "-1", "too small" },
        { "sizes.scratch", "0", "needs at least" },
        { "sizes.scratch", "-1", "does not fit" },
        { "sizes.scratch", "68719476736", "fit" },
        { "entry", "{}", "damaged" },
        { "entry.address", "16384", "damaged" },
        { "entry.address", "\"0x10000000000000000\"", "damaged" },
        { "entry.address", "\"0x-1\"", "damaged" },
        { "memory", "[]", "no heap" },
        { "memory", "null", "damaged" },
        { "memory", "[null]", "damaged" },
        { "memory.0.region", "\"code\"", "no region" },
        { "memory.0.region", "\"code 0x4000-0x3000 r-x\"", "no region" },
        { "memory.0.region", "\"code 0x4001-0x5001 r-x\"", "not where it belongs" },
        { "memory.0.region", "\"heap 0x4000-0x5000 r-x\"", "not where it belongs" },
        { "memory.0.region", "\"scratch 0xfffb8000-0x1000000000 rw-\"", "not where it belongs" },
        { "memory.0.region", "\"mappedfile 0x4000-0x5000 rw-\"", "not where it belongs" },
        { "memory.0.region", "\"snapshot 0x4000-0x5000 rw-\"", "not where it belongs" },
        { "memory.0.digest", "null", "no content" },
        { "memory.0.digest", "\"sha256:0\"", "not among its files" },
        { "memory.0.digest", "\"../../../etc/passwd\"", "not among its files" },
        { "memory.2.digest", "\"sha256:0\"", "content of its own" },
        { "memory.3.region", "\"snapshot 0x4000-0x5000 rw-\"", "not where it belongs" },
        { "memory.3.region", "\"snapshot 0xffffffffffffe000-0x0 rw-\"", "not where it belongs" },
        { "memory.3.region", "\"snapshot 0xfffff000-0x3000000000 rw-\"", "not where it belongs" },
        { "memory.3.region", "\"snapshot 0x1000000-0x1000000 rw-\"", "not where it belongs" },
        { "memory.3.region", "\"snapshot 0x1000000-0x8000000 rw-\"", "bytes" },
        { "pageTables", "\"\"", "not among its files" },
        { "cpu.system", "null", "damaged" },
        { "cpu.system.cr0", "\"0xg\"", "damaged" },
        { "cpu.system.cs.selector", "65536", "damaged" },
        { "cpu.modelSpecific", "null", "damaged" },
        { "binary.digest", "\"\"", "not among its files" },
        { "binary.slide", "0", "damaged" },
    };

    public void Dispose() => _stored.Dispose();

    [Theory]
    [MemberData(nameof(Changes))]
    public void Load_OfAChangedConfig_IsRefusedWithTheReason(string path, string value, string reason)
    {
        _stored.Editor.EditConfig(config => Set(config, path, JsonNode.Parse(value)));
        foreach (bool isTrusted in new[] { false, true })
            Assert.Contains(reason, Refused(isTrusted).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OfADamagedFile_IsRefused()
    {
        foreach (string path in _stored.Editor.Files.ToArray())
        {
            byte[] good = File.ReadAllBytes(path);
            bool isBlob = path.Contains("sha256", StringComparison.Ordinal);
            foreach (int length in new[] { 0, 1, good.Length / 2, good.Length - 1 }.Where(length => length < good.Length - 1 || isBlob))
            {
                File.WriteAllBytes(path, good[..length]);
                Refused(isTrusted: false);
                Refused(isTrusted: true);
            }

            if (isBlob)
            {
                File.WriteAllBytes(path, [.. good, 0]);
                Refused(isTrusted: false);
                Refused(isTrusted: true);
                foreach (int at in new[] { 0, good.Length / 2, good.Length - 1 })
                {
                    File.WriteAllBytes(path, [.. good[..at], (byte)(good[at] ^ 1), .. good[(at + 1)..]]);
                    Assert.Matches("altered|damaged", Refused(isTrusted: false).Message);
                }
            }

            File.Delete(path);
            Refused(isTrusted: false);
            Refused(isTrusted: true);
            Directory.CreateDirectory(path);
            Refused(isTrusted: false);
            Directory.Delete(path);
            File.WriteAllBytes(path, good);
        }

        _stored.Store.Verify(Tag);
    }

    [LinuxFact]
    public void Load_OfPipesAndDevices_IsRefusedWithoutWaiting()
    {
        foreach (string path in _stored.Editor.Files.ToArray())
        {
            byte[] good = File.ReadAllBytes(path);
            foreach (string target in new[] { "/dev/zero", "/proc/self/mem", "/dev/full", path })
            {
                File.Delete(path);
                File.CreateSymbolicLink(path, target);
                AnyRefusal();
            }

            File.Delete(path);
            NamedPipe.Make(path);
            AnyRefusal();
            File.Delete(path);
            File.WriteAllBytes(path, good);
        }

        _stored.Store.Verify(Tag);
    }

    [Fact]
    public void Load_OfAForeignLayout_IsRefused()
    {
        string marker = Path.Combine(_stored.Store.Folder, "oci-layout");
        File.WriteAllText(marker, """{"imageLayoutVersion":"2.0.0"}""");
        Assert.Contains("version 2.0.0", Refused(isTrusted: true).Message, StringComparison.Ordinal);
        foreach (string text in new[] { "", "[]", "null", "{}", "\"1.0.0\"", "{", new string('[', 100_000), "\xFF\xFE" })
        {
            File.WriteAllText(marker, text, Encoding.Latin1);
            Refused(isTrusted: true);
            Assert.Throws<SnapshotException>(() => _stored.Store.List());
        }
    }

    [Fact]
    public void Load_OfAForeignManifest_IsRefused()
    {
        _stored.Editor.EditIndex(
            static index => index["manifests"]![0]!["mediaType"] = "application/vnd.oci.image.index.v1+json");
        Assert.Contains("image.index", Refused(isTrusted: true).Message, StringComparison.Ordinal);
        Assert.Empty(_stored.Store.List());
    }

    [Fact]
    public void Load_OfListsWithGaps_IsRefused()
    {
        JsonNode before = _stored.Editor.Index;
        _stored.Editor.EditManifest(static manifest => manifest["layers"]!.AsArray().Add(null));
        Refused(isTrusted: true);
        File.WriteAllText(_stored.Editor.IndexPath, before.ToJsonString());
        _stored.Editor.EditIndex(static index => index["manifests"]!.AsArray().Insert(0, null));
        Refused(isTrusted: true);
        Assert.Throws<SnapshotException>(() => _stored.Store.List());
    }

    [Fact]
    public void Load_OfAManifestWithoutEnd_IsRefused()
    {
        _stored.Editor.EditManifest(static manifest =>
        {
            JsonNode layer = manifest["layers"]![0]!;
            for (int i = 0; i < SnapshotLimits.MostStoredFiles; i++)
                manifest["layers"]!.AsArray().Add(layer.DeepClone());
        });
        SnapshotException refused = Refused(isTrusted: true);
        Assert.Contains($" files, and {SnapshotLimits.MostStoredFiles}", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void Load_OfAnImpossibleSize_IsRefused(long size)
    {
        foreach (string what in new[] { "config", "layers" })
        {
            JsonNode before = _stored.Editor.Index;
            _stored.Editor.EditManifest(
                manifest => (what == "config" ? manifest["config"] : manifest["layers"]![0])!["size"] = size);
            Refused(isTrusted: false);
            Refused(isTrusted: true);
            File.WriteAllText(_stored.Editor.IndexPath, before.ToJsonString());
        }

        _stored.Editor.EditIndex(index => index["manifests"]![0]!["size"] = size);
        Refused(isTrusted: true);
        Assert.Throws<SnapshotException>(() => _stored.Store.List());
    }

    [Theory]
    [InlineData("sha256:../../../../etc/passwd")]
    [InlineData("sha256:")]
    [InlineData("sha512:00")]
    [InlineData("md5:d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("/etc/passwd")]
    [InlineData("SHA256:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("sha256:000000000000000000000000000000000000000000000000000000000000000G")]
    [InlineData("sha256:00000000000000000000000000000000000000000000000000000000000000\u0000\u001b")]
    public void Load_OfWhatIsNoDigest_IsRefused(string digest)
    {
        _stored.Editor.EditIndex(index => index["manifests"]![0]!["digest"] = digest);
        string message = Refused(isTrusted: true).Message;
        Assert.DoesNotContain(message, char.IsControl);
    }

    /// <summary>Page tables and registers may say what they like: the guest could have made them so.</summary>
    [Fact]
    public void Create_OfASnapshotWithWildTablesAndRegisters_IsRefusedOrHarmless()
    {
        var random = new Random(12);
        JsonNode before = _stored.Editor.Index;
        for (int i = 0; i < 60; i++)
        {
            File.WriteAllText(_stored.Editor.IndexPath, before.ToJsonString());
            var tables = new byte[4096 * random.Next(1, 6)];
            for (int at = 0; at < tables.Length; at += 8)
            {
                if (random.Next(4) == 0)
                    BitConverter.TryWriteBytes(tables.AsSpan(at), RandomEntry(random));
            }

            string digest = _stored.Editor.AddBlob(tables);
            _stored.Editor.EditConfig(config =>
            {
                if (i % 3 != 0)
                    config["pageTables"] = digest;

                if (i % 2 != 0)
                    SpoilRegister(config["cpu"]!["system"]!.AsObject(), random);

                config["entry"]!["stackPointer"] = $"0x{random.NextInt64():x}";
            });
            Attempt();
        }
    }

    private static ulong RandomEntry(Random random)
        => (ulong)random.NextInt64() & random.Next(4) switch
        {
            0 => ulong.MaxValue,
            1 => 0xFF_FFFF_F027UL,
            2 => 0x7027,
            _ => 0xF_FFFF_F227,
        };

    private static void SpoilRegister(JsonObject registers, Random random)
    {
        string name = registers.Select(static register => register.Key).ElementAt(random.Next(registers.Count));
        JsonNode value = JsonValue.Create($"0x{random.NextInt64() >> random.Next(64):x}");
        if (registers[name] is JsonObject parts)
            parts["base"] = value;
        else
            registers[name] = value;
    }

    private static void Set(JsonNode node, string path, JsonNode? value)
    {
        string[] names = path.Split('.');
        foreach (string name in names[..^1])
            node = (int.TryParse(name, out int number) ? node[number] : node[name])!;

        node[names[^1]] = value;
    }

    private void Attempt()
    {
        try
        {
            using Snapshot loaded = _stored.Store.Load(Tag);
            using var sandbox = Sandbox.Create(loaded, static options => options.Engine = Machines.Machines.Software);
            sandbox.Call<int>("Count", TimeSpan.FromMilliseconds(200), CancellationToken.None);
        }
        catch (Exception refused) when (refused is SandboxException or MachineException or InvalidCastException)
        {
            Assert.NotEmpty(refused.Message);
        }
    }

    private SnapshotException Refused(bool isTrusted)
        => Assert.Throws<SnapshotException>(() => Load(isTrusted));

    private void Load(bool isTrusted)
        => _stored.Store.Load(Tag, new SnapshotLoadOptions { IsTrusted = isTrusted }).Dispose();

    private void AnyRefusal()
    {
        foreach (bool isTrusted in new[] { false, true })
        {
            Exception? refused = Record.Exception(() => Load(isTrusted));
            Assert.True(refused is SnapshotException or IOException, $"{refused}");
        }
    }
}
