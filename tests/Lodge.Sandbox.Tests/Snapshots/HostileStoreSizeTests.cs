using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Xunit;

namespace Lodge.Sandbox.Tests;

/// <summary>Stored snapshots that say little and mean much: what they cost to look at, and to load.</summary>
public sealed class HostileStoreSizeTests : IDisposable
{
    private const string Tag = StoreUnderTest.Tag;
    private const ulong Mebibyte = 1 << 20;

    private readonly StoreUnderTest _stored = new();

    public void Dispose() => _stored.Dispose();

    [Fact]
    public void Load_OfOneFileInManyPlaces_CountsEachPlace()
    {
        const ulong Bytes = 4 * Mebibyte;
        const int Places = 16;
        string digest = _stored.Editor.AddBlob([.. Enumerable.Repeat((byte)0x5A, (int)Bytes)]);
        _stored.Editor.EditConfig(config => Repeat(config, digest, 16 * Mebibyte, Bytes, Places));
        var options = new SnapshotLoadOptions { MostBytes = (long)(Places * Bytes / 2) };
        SnapshotException refused = Assert.Throws<SnapshotException>(() => _stored.Store.Load(Tag, options).Dispose());
        Assert.Contains("are allowed", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_OfASnapshotInVeryManyPieces_TakesNoLongTime()
    {
        string digest = _stored.Editor.AddBlob([.. Enumerable.Repeat((byte)0x5A, 4096)]);
        _stored.Editor.EditConfig(config => Repeat(config, digest, 16 * Mebibyte, 4096, 8000));
        var watch = Stopwatch.StartNew();
        Exception? refused = Record.Exception(() =>
        {
            using Snapshot loaded = _stored.Store.Load(Tag);
            using var sandbox = Sandbox.Create(loaded, static options => options.Engine = Machines.Machines.Software);
            Assert.Equal(1, sandbox.Call<int>("Count"));
            sandbox.TakeSnapshot().Dispose();
        });
        Assert.True(refused is null or SnapshotException or MachineException, $"{refused}");
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void Load_OfVeryManyMappedFiles_TakesNoLongTime()
    {
        const int Files = 250_000;
        string digest = _stored.Editor.AddBlob([.. Enumerable.Repeat((byte)0x5A, 4096)]);
        _stored.Editor.EditConfig(config =>
        {
            config["sizes"]!["mappedFiles"] = new JsonArray(
                [.. Enumerable.Range(0, Files).Select(static _ => JsonValue.Create(1))]);
            JsonArray memory = config["memory"]!.AsArray();
            memory.RemoveAt(3);
            ulong first = EndOf(memory);
            for (int i = 0; i < 3500; i++)
            {
                ulong start = first + ((ulong)(Files - 3500 + i) * 4096);
                memory.Add(Piece("mappedfile", start, 4096, digest));
            }
        });
        var watch = Stopwatch.StartNew();
        Exception? refused = Record.Exception(() => _stored.Store.Load(Tag).Dispose());
        Assert.True(refused is null or SnapshotException, $"{refused}");
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void List_OfOneLargeManifestManyTimes_TakesNoLongTime()
    {
        _stored.Editor.EditManifest(
            static manifest => manifest["annotations"] = new JsonObject { ["a"] = new string('a', 1_000_000) });
        _stored.Editor.EditIndex(static index =>
        {
            JsonNode entry = index["manifests"]![0]!;
            for (int i = 0; i < 2000; i++)
                index["manifests"]!.AsArray().Add(entry.DeepClone());
        });
        var watch = Stopwatch.StartNew();
        Exception? refused = Record.Exception(() => _stored.Store.List());
        Assert.True(refused is null or SnapshotException, $"{refused}");
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void List_ReadsSoManyManifestBytesAndNoMore()
    {
        OciDescriptor one = new OciLayout(_stored.Store.Folder).ReadIndex().Manifests[0];
        string other = _stored.Editor.Write([.. File.ReadAllBytes(_stored.Editor.PathOfBlob(one.Digest)), (byte)' ']);
        OciDescriptor two = one with { Digest = other, Size = one.Size + 1 };
        var enough = new SnapshotListing(new OciLayout(_stored.Store.Folder), one.Size + two.Size);
        OciDescriptor[] entries = [one, two, one, two];
        Assert.Equal(entries.Select(static entry => entry.Digest), entries.Select(entry => enough.Describe(entry)!.Digest));
        Assert.Throws<SnapshotException>(() => enough.Describe(one with { Size = one.Size + 1 }));
        var few = new SnapshotListing(new OciLayout(_stored.Store.Folder), one.Size + two.Size - 1);
        Assert.Equal(one.Digest, few.Describe(one)!.Digest);
        Assert.Contains(
            "which is the most", Assert.Throws<SnapshotException>(() => few.Describe(two)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OfAsManyPiecesAsThereMayBe_AndOfOneMore()
    {
        string digest = _stored.Editor.AddBlob([.. Enumerable.Repeat((byte)0x5A, 4096)]);
        int most = SnapshotLimits.MostLayers(mappedFiles: 0);
        _stored.Editor.EditConfig(
            config => Repeat(config, digest, 16 * Mebibyte, 4096, most - config["memory"]!.AsArray().Count));
        _stored.Store.Verify(Tag);
        _stored.Editor.EditConfig(config => Repeat(config, digest, 32 * Mebibyte, 4096, 1));
        SnapshotException refused = Assert.Throws<SnapshotException>(() => _stored.Store.Verify(Tag));
        Assert.Contains($"and {most} is", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OfOneMappedFileMoreThanThereMayBe_IsRefused()
    {
        _stored.Editor.EditConfig(static config => config["sizes"]!["mappedFiles"] = new JsonArray(
            [.. Enumerable.Range(0, SnapshotLimits.MostMappedFiles + 1).Select(static _ => JsonValue.Create(1))]));
        SnapshotException refused = Assert.Throws<SnapshotException>(() => _stored.Store.Verify(Tag));
        Assert.Contains("mapped files", refused.Message, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void Load_OfTablesThatNoArrayHolds_IsRefused()
    {
        const long Bytes = (2L << 30) + 4096;
        string digest = AddSparse(_stored.Editor, Bytes, new string('a', 64));
        _stored.Editor.EditConfig(config =>
        {
            config["pageTables"] = digest;
            config["sizes"]!["scratch"] = 3L << 30;
        });
        Assert.IsType<SnapshotException>(
            Record.Exception(() => _stored.Store.Load(Tag, new SnapshotLoadOptions { MostBytes = 16L << 30 }).Dispose()));
    }

    [Fact]
    public void Create_OfASnapshotWithABufferThatNoArrayHolds_IsAnErrorThatIsDocumented()
    {
        _stored.Editor.EditConfig(static config =>
        {
            config["sizes"]!["input"] = 2200L << 20;
            config["sizes"]!["scratch"] = 2300L << 20;
        });
        Exception? refused = Record.Exception(() =>
        {
            using Snapshot loaded = _stored.Store.Load(Tag);
            using var sandbox = Sandbox.Create(loaded, static options => options.Engine = Machines.Machines.Software);
        });
        Assert.True(refused is SnapshotException or MachineException or ArgumentException or SandboxException, $"{refused}");
    }

    /// <summary>tmpfs and XFS have files of almost 2^63 bytes, which take no room.</summary>
    [LinuxFact]
    public void Load_OfSizesWhoseSumWraps_IsRefused()
    {
        string folder = $"/dev/shm/lodge-{Guid.NewGuid():n}";
        try
        {
            var store = new SnapshotStore(folder);
            using (var notes = Sandbox.Create(Guests.Notes, static options => options.Engine = Machines.Machines.Software))
            using (Snapshot snapshot = notes.TakeSnapshot())
                store.Save(snapshot, Tag);

            var few = new SnapshotLoadOptions { MostBytes = 64 << 10 };
            Assert.Throws<SnapshotException>(() => store.Load(Tag, few).Dispose());
            var editor = new StoreEditor(folder);
            long needed = 0;
            editor.EditManifest(
                manifest => needed = manifest["layers"]!.AsArray().Sum(static blob => blob!["size"]!.GetValue<long>()));
            editor.EditConfig(
                config => needed += config["sizes"]!["heap"]!.GetValue<long>() + config["sizes"]!["scratch"]!.GetValue<long>());

            // 2^64 in all.
            AddSparse(editor, long.MaxValue - 4095, new string('a', 64));
            AddSparse(editor, long.MaxValue - needed + 4097, new string('b', 64));
            Assert.Throws<SnapshotException>(() => store.Load(Tag, few).Dispose());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Repeat(JsonNode config, string digest, ulong start, ulong bytes, int count)
    {
        JsonArray memory = config["memory"]!.AsArray();
        for (int i = 0; i < count; i++)
            memory.Add(Piece("snapshot", start + ((ulong)i * bytes), bytes, digest));
    }

    private static JsonObject Piece(string kind, ulong start, ulong bytes, string digest) => new()
    {
        ["region"] = string.Create(CultureInfo.InvariantCulture, $"{kind} 0x{start:x}-0x{start + bytes:x} rw-"),
        ["digest"] = digest,
    };

    private static ulong EndOf(JsonArray memory)
    {
        Assert.True(SandboxRegion.TryParse(memory[^1]!["region"]!.GetValue<string>(), out SandboxRegion last));
        return last.Range.Start.Value + last.Range.Length;
    }

    /// <summary>Adds a blob of zeros that takes no room, under a digest that is not its own.</summary>
    private static string AddSparse(StoreEditor editor, long bytes, string name)
    {
        string digest = "sha256:" + name;
        using (FileStream file = File.Create(editor.PathOfBlob(digest)))
            file.SetLength(bytes);

        editor.EditManifest(manifest => manifest["layers"]!.AsArray().Add(new JsonObject
        {
            ["mediaType"] = "application/octet-stream",
            ["digest"] = digest,
            ["size"] = bytes,
        }));
        return digest;
    }
}
