using System.Text.Json.Nodes;
using Xunit;

namespace Lodge.Sandbox.Tests;

/// <summary>Stores whose files are links, to what is no file.</summary>
public sealed class HostileStoreLinkTests : IDisposable
{
    private const string Tag = "tag";

    private readonly TemporaryFolder _folder = new();
    private readonly SnapshotStore _store;
    private readonly StoreEditor _editor;
    private readonly string _pipe;

    public HostileStoreLinkTests()
    {
        _store = new SnapshotStore(_folder.PathOf("store"));
        _editor = new StoreEditor(_store.Folder);
        _pipe = _folder.PathOf("pipe");
        using var notes = Sandbox.Create(Guests.Notes, static options => options.Engine = Machines.Machines.Software);
        using Snapshot snapshot = notes.TakeSnapshot();
        _store.Save(snapshot, Tag);
    }

    public void Dispose() => _folder.Dispose();

    [LinuxFact]
    public void Load_WhereTheIndexLeadsToAPipe_DoesNotWait()
    {
        File.Delete(_editor.IndexPath);
        LeadToPipe(_editor.IndexPath);
        RequireNoWait(() => _store.Load(Tag).Dispose());
        RequireNoWait(() => _store.List());
    }

    /// <summary>The size of a link is the length of what it says.</summary>
    [LinuxFact]
    public void Load_WhereAFileLeadsToAPipe_AndSaysItsSizeByTheLengthOfItsPath_DoesNotWait()
    {
        string digest = "sha256:" + new string('a', 64);
        LeadToPipe(_editor.PathOfBlob(digest));
        _editor.EditIndex(index =>
        {
            JsonNode entry = index["manifests"]![0]!;
            entry["digest"] = digest;
            entry["size"] = _pipe.Length;
        });
        RequireNoWait(() => _store.Load(Tag).Dispose());
        RequireNoWait(() => _store.List());
    }

    [LinuxFact]
    public void Save_WhereTheLockIsAFolder_SaysSo()
    {
        string path = Path.Combine(_store.Folder, "index.lock");
        File.Delete(path);
        Directory.CreateDirectory(path);
        using Snapshot snapshot = _store.Load(Tag);
        Exception? refused = Record.Exception(() => _store.Save(snapshot, "two"));
        Assert.True(refused is SnapshotException or IOException, $"{refused}");
    }

    [LinuxFact]
    public void Save_WhereTheLockLeadsElsewhere_LeavesNothingThere()
    {
        string path = Path.Combine(_store.Folder, "index.lock");
        File.Delete(path);
        File.CreateSymbolicLink(path, _folder.PathOf("elsewhere"));
        using Snapshot snapshot = _store.Load(Tag);
        Record.Exception(() => _store.Save(snapshot, "two"));
        Assert.False(File.Exists(_folder.PathOf("elsewhere")));
    }

    /// <summary>Somebody has put other bytes into a file that is to be written, or the disk has.</summary>
    [Fact]
    public void Save_WhereAFileWasAltered_SavesOrSaysSo()
    {
        using Snapshot snapshot = _store.Load(Tag);
        foreach (string path in _editor.Files.Where(static path => path.Contains("sha256", StringComparison.Ordinal)))
            File.WriteAllBytes(path, new byte[new FileInfo(path).Length]);

        Exception? refused = Record.Exception(() => _store.Save(snapshot, "two"));
        if (refused is null)
            _store.Verify("two");
    }

    [LinuxFact]
    public void Save_WhereFilesAreSomethingElse_PutsThemThereAgain()
    {
        using Snapshot snapshot = _store.Load(Tag);
        string[] paths = [.. _editor.Files.Where(static path => path.Contains("sha256", StringComparison.Ordinal))];
        Assert.Equal(0, MakePipe(_pipe));
        for (int i = 0; i < paths.Length; i++)
        {
            File.Delete(paths[i]);
            if (i % 2 == 0)
                File.CreateSymbolicLink(paths[i], _pipe);
            else
                Assert.Equal(0, MakePipe(paths[i]));
        }

        _store.Save(snapshot, "two");
        _store.Verify("two");
        _store.Verify(Tag);
        Assert.All(paths, static path => Assert.Null(new FileInfo(path).LinkTarget));
    }

    [Fact]
    public void Save_WhereOneByteWasAltered_HealsEveryFile()
    {
        using Snapshot snapshot = _store.Load(Tag);
        foreach (string path in _editor.Files.Where(static path => path.Contains("sha256", StringComparison.Ordinal)).ToArray())
        {
            byte[] good = File.ReadAllBytes(path);
            foreach (int at in new[] { 0, good.Length / 2, good.Length - 1 })
            {
                File.WriteAllBytes(path, [.. good[..at], (byte)(good[at] ^ 1), .. good[(at + 1)..]]);
                _store.Save(snapshot, Tag);
                Assert.Equal(good, File.ReadAllBytes(path));
            }
        }
    }

    [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "mkfifo")]
    private static extern int MakePipe(string path, uint mode = 0x1B6);

    private void LeadToPipe(string path)
    {
        Assert.Equal(0, MakePipe(_pipe));
        File.CreateSymbolicLink(path, _pipe);
    }

    private void RequireNoWait(Action action)
    {
        Task<Exception?> task = Task.Factory.StartNew(
            () => Record.Exception(action), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        bool hasEnded = task.Wait(TimeSpan.FromSeconds(3));
        if (!hasEnded)
        {
            // Whoever opens the pipe for writing sets the reader free.
            using var other = new FileStream(_pipe, FileMode.Open, FileAccess.ReadWrite);
            task.Wait(TimeSpan.FromSeconds(10));
        }

        Assert.True(hasEnded, "It waits for somebody who writes into the pipe.");
        Assert.True(task.Result is SnapshotException or IOException, $"{task.Result}");
    }
}
