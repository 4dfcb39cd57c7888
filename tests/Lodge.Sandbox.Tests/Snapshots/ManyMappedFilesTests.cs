using Xunit;

namespace Lodge.Sandbox.Tests;

/// <summary>Guests with more files in their memory than snapshots have layers otherwise.</summary>
public sealed class ManyMappedFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Saved_WithSeveralHundredFiles_CanBeLoaded()
    {
        var store = new SnapshotStore(_folder.PathOf("store"));
        using Sandbox sandbox = Create(WriteSmall(300), isTrusted: false);
        using Snapshot snapshot = sandbox.TakeSnapshot();
        store.Save(snapshot, "tag");
        store.Verify("tag");
    }

    /// <summary>Each in two pieces, of whole pages and of the rest.</summary>
    [Fact]
    public void Saved_WithTheMostFiles_CanBeLoaded()
    {
        const int Files = SnapshotLimits.MostMappedFiles;
        var store = new SnapshotStore(_folder.PathOf("store"));
        string[] paths = [.. Enumerable.Range(0, Files + 1).Select(WriteFile)];
        using (Sandbox sandbox = Create(paths[1..], isTrusted: true))
        {
            using Snapshot snapshot = sandbox.TakeSnapshot();
            store.Save(snapshot, "tag");
            sandbox.Call("Put", "a", "one");
            using Snapshot next = sandbox.TakeSnapshot();
            store.Save(next, "next");
        }

        store.Verify("tag");
        using Snapshot loaded = store.Load("next");
        Assert.Equal(Files, loaded.Layout.MappedFiles.Length);
        using (var clone = Sandbox.Create(loaded, static options => options.Engine = HostileGuest.Engine))
            Assert.Equal("one", clone.Call<string>("Get", "a"));

        ArgumentException refused = Assert.Throws<ArgumentException>(() => Create(paths, isTrusted: true));
        Assert.Contains("is the most", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(14)]
    public void Snapshot_SharesWhatDidNotChange(int files)
    {
        using Sandbox sandbox = Create(WriteSmall(files), isTrusted: false);
        using Snapshot first = sandbox.TakeSnapshot();
        sandbox.Restore(first);
        sandbox.Call("Put", "a", "one");
        using Snapshot second = sandbox.TakeSnapshot();
        Assert.Equal(first.State.Layers, second.State.Layers[..^1]);
    }

    private static Sandbox Create(IEnumerable<string> paths, bool isTrusted)
        => Sandbox.Create(Guests.Notes, options =>
        {
            options.Engine = HostileGuest.Engine;
            options.ScratchSize = 16 << 20;
            foreach (string path in paths)
                options.MapFile(path, isTrusted);
        });

    private string WriteFile(int number)
    {
        // Most are like another one: each new blob waits for the disk.
        var content = new byte[SandboxLayout.PageBytes + 8];
        content[0] = (byte)(number % 8);
        content[^1] = (byte)(number % 8);
        return _folder.Write($"trusted {number}", content);
    }

    private IEnumerable<string> WriteSmall(int files)
        => Enumerable.Range(0, files).Select(number => _folder.Write($"file {number}", BitConverter.GetBytes(number)));
}
