using Xunit;

namespace Lodge.Sandbox.Tests;

public sealed class SnapshotStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<bool> Ways => [false, true];

    private SnapshotStore Store => new(_folder.PathOf("store"));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Ways))]
    public void Load_GivesTheGuestAsItWas(bool isTrusted)
    {
        using (Sandbox notes = Notes())
        {
            SaveNote(notes, "first");
            SaveNote(notes, "second");
        }

        var options = new SnapshotLoadOptions { IsTrusted = isTrusted };
        using Snapshot one = Store.Load("first", options);
        using Snapshot two = Store.Load("second", options);
        Assert.Equal((1, 2), (one.Generation, two.Generation));
        using Sandbox sandbox = Clone(one);
        Assert.Equal("first", sandbox.Call<string>("Get", "name"));
        sandbox.Restore(two);
        Assert.Equal("second", sandbox.Call<string>("Get", "name"));
        sandbox.Call("Put", "name", "third");
        using Snapshot three = sandbox.TakeSnapshot();
        Store.Save(three, "third");
        sandbox.Restore(one);
        Assert.Equal("first", sandbox.Call<string>("Get", "name"));
        using Snapshot again = Store.Load("third", options);
        sandbox.Restore(again);
        Assert.Equal("third", sandbox.Call<string>("Get", "name"));
    }

    [Fact]
    public void Load_OnEveryEngine_GivesTheSame()
    {
        using (Sandbox notes = Notes())
            SaveNote(notes, "name");

        using Snapshot loaded = Store.Load("name");
        foreach (IMachineEngine engine in Machines.Machines.Available)
        {
            using var sandbox = Sandbox.Create(loaded, options => options.Engine = engine);
            Assert.Equal("name", sandbox.Call<string>("Get", "name"));
            using Snapshot taken = sandbox.TakeSnapshot();
            Store.Save(taken, engine.Name);
            using Snapshot back = Store.Load(engine.Name);
            using Sandbox clone = Clone(back);
            Assert.Equal("name", clone.Call<string>("Get", "name"));
        }
    }

    [Fact]
    public void Save_OfTheSame_IsTheSame()
    {
        using Sandbox notes = Notes();
        using Snapshot snapshot = notes.TakeSnapshot();
        StoredSnapshot one = Store.Save(snapshot, "one");
        int files = Files();
        StoredSnapshot two = Store.Save(snapshot, "two");
        Assert.Equal(one with { Tag = "two" }, two);
        Assert.Equal(files, Files());
        Assert.Equal([one, two], Store.List());
    }

    [Fact]
    public void Save_OfAChild_WritesWhatIsNew()
    {
        using Sandbox notes = Notes();
        SaveNote(notes, "one");
        int files = Files();
        SaveNote(notes, "two");

        // A layer, page tables, config and manifest; the tables lead to another layer.
        Assert.Equal(files + 4, Files());
    }

    [Fact]
    public void Save_WithATagThatIsThere_TakesIt()
    {
        using Sandbox notes = Notes();
        notes.Call("Put", "name", "old");
        using (Snapshot old = notes.TakeSnapshot())
            Store.Save(old, "tag");

        notes.Call("Put", "name", "new");
        using (Snapshot changed = notes.TakeSnapshot())
            Store.Save(changed, "tag");

        Assert.Single(Store.List());
        Assert.True(Store.Exists);
        using Snapshot loaded = Store.Load("tag");
        using Sandbox sandbox = Clone(loaded);
        Assert.Equal("new", sandbox.Call<string>("Get", "name"));
    }

    [Fact]
    public void Save_OfALargeHeap_IsSmall()
    {
        using Sandbox notes = Notes(static options =>
        {
            options.HeapSize = 256 << 20;
            options.ScratchSize = 4 << 20;
        });
        SaveNote(notes, "tag");
        Assert.InRange(new StoreEditor(Store.Folder).Files.Sum(static path => new FileInfo(path).Length), 1, 2 << 20);
        using Snapshot loaded = Store.Load("tag");
        using Sandbox sandbox = Clone(loaded);
        Assert.Equal("tag", sandbox.Call<string>("Get", "name"));
    }

    [Fact]
    public void Save_FromSeveralThreads_KeepsEveryTag()
    {
        using Sandbox notes = Notes();
        using Snapshot snapshot = notes.TakeSnapshot();
        Parallel.For(0, 20, new ParallelOptions { MaxDegreeOfParallelism = 4 }, number => Store.Save(snapshot, $"tag{number}"));
        Assert.Equal(20, Store.List().Count);
        Assert.All(Store.List(), stored => Store.Verify(stored.Tag));
    }

    [Fact]
    public void Save_KeepsOtherImagesOfTheFolder()
    {
        using Sandbox notes = Notes();
        SaveNote(notes, "tag");
        var editor = new StoreEditor(Store.Folder);
        editor.EditManifest(static manifest => manifest["config"]!["mediaType"] = "application/vnd.oci.image.config.v1+json");
        editor.EditIndex(static index => index["manifests"]![0]!["annotations"]!["org.opencontainers.image.ref.name"] = "image");
        SaveNote(notes, "tag");
        Assert.Equal("tag", Assert.Single(Store.List()).Tag);
        Assert.Equal(2, editor.Index["manifests"]!.AsArray().Count);
        SnapshotException refused = Assert.Throws<SnapshotException>(() => Store.Load("image"));
        Assert.Contains("application/vnd.oci.image.config.v1+json", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OfWhatIsNotThere_SaysSo()
    {
        Assert.Empty(Store.List());
        Assert.False(Store.Exists);
        Assert.Contains("no snapshot tag", Assert.Throws<SnapshotException>(() => Store.Load("tag")).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Store.Folder));
        foreach (string tag in new[] { "", ".", "../x", "a/b", "a:b", "ä", "a b", new string('x', 129) })
            Assert.ThrowsAny<ArgumentException>(() => Store.Load(tag));
    }

    [Fact]
    public void Load_OfASnapshotThatTakesTooMuch_IsRefused()
    {
        using Sandbox notes = Notes();
        SaveNote(notes, "tag");
        SnapshotException refused = Assert.Throws<SnapshotException>(
            () => Store.Load("tag", new SnapshotLoadOptions { MostBytes = 100_000 }));
        Assert.Contains("at most 100000", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OfASnapshotOfABinary_InitializesTheGuest()
    {
        using Sandbox hello = Sandbox.Create(Guests.Hello, static options => options.Engine = Machines.Machines.Software);
        using Snapshot snapshot = hello.TakeSnapshot();
        Assert.True(snapshot.IsInitialized);
        Store.Save(snapshot, "tag");
        using Snapshot loaded = Store.Load("tag");
        Assert.True(loaded.IsInitialized);
        using Sandbox sandbox = Sandbox.Create(loaded, static options =>
        {
            options.Engine = Machines.Machines.Software;
            options.AddHostFunction("GetWeekday", static () => "Monday");
        });
        Assert.Equal("Hello, you! Today is Monday.", sandbox.Call<string>("SayHello", "you"));
    }

    [Fact]
    public void Files_SayWhatTheyAre()
    {
        using Sandbox notes = Notes();
        SaveNote(notes, "tag");
        var editor = new StoreEditor(Store.Folder);
        if (!OperatingSystem.IsWindows())
        {
            Assert.All(
                editor.Files,
                static path => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path)));
        }

        Assert.Equal("""{"imageLayoutVersion":"1.0.0"}""", editor.Marker.ToJsonString());
        editor.EditManifest(static manifest =>
        {
            Assert.Equal("application/vnd.lodge.snapshot.v1+json", manifest["artifactType"]!.GetValue<string>());
            Assert.Equal("application/vnd.lodge.snapshot.v1+json", manifest["config"]!["mediaType"]!.GetValue<string>());
        });
        editor.EditConfig(static config =>
        {
            Assert.Equal(
                ["formatVersion", "sizes", "entry", "generation", "memory", "pageTables", "cpu", "binary"],
                config.AsObject().Select(static property => property.Key));
            Assert.Equal(
                ["cs", "ds", "es", "fs", "gs", "ss", "tr", "ldt", "gdt", "idt", "cr0", "cr2", "cr3", "cr4", "cr8", "efer", "apicBase"],
                config["cpu"]!["system"]!.AsObject().Select(static property => property.Key));
            Assert.Equal(
                ["selector", "base", "limit", "attributes"],
                config["cpu"]!["system"]!["cs"]!.AsObject().Select(static property => property.Key));
            Assert.Equal("heap", config["memory"]![2]!["region"]!.GetValue<string>().Split(' ')[0]);
        });
    }

    private static Sandbox Notes(Action<SandboxOptions>? configure = null)
        => Sandbox.Create(Guests.Notes, options =>
        {
            options.Engine = Machines.Machines.Software;
            configure?.Invoke(options);
        });

    private static Sandbox Clone(Snapshot snapshot)
        => Sandbox.Create(snapshot, static options => options.Engine = Machines.Machines.Software);

    private int Files() => new StoreEditor(Store.Folder).Files.Count();

    private void SaveNote(Sandbox notes, string tag)
    {
        notes.Call("Put", "name", tag);
        using Snapshot snapshot = notes.TakeSnapshot();
        Store.Save(snapshot, tag);
        notes.Restore(snapshot);
    }
}
