using System.Text.Json.Nodes;
using Xunit;

namespace Lodge.Sandbox.Tests;

/// <summary>Stores whose files are links, to what is no file.</summary>
public sealed class HostileStoreLinkTests : IDisposable
{
    private const string Tag = StoreUnderTest.Tag;

    private readonly StoreUnderTest _stored = new();

    private string Pipe => _stored.Folder.PathOf("pipe");

    public void Dispose() => _stored.Dispose();

    [LinuxFact]
    public void Load_WhereTheIndexLeadsToAPipe_DoesNotWait()
    {
        File.Delete(_stored.Editor.IndexPath);
        LeadToPipe(_stored.Editor.IndexPath);
        RequireNoWait(() => _stored.Store.Load(Tag).Dispose());
        RequireNoWait(() => _stored.Store.List());
    }

    /// <summary>The size of a link is the length of what it says.</summary>
    [LinuxFact]
    public void Load_WhereAFileLeadsToAPipe_AndSaysItsSizeByTheLengthOfItsPath_DoesNotWait()
    {
        string digest = "sha256:" + new string('a', 64);
        LeadToPipe(_stored.Editor.PathOfBlob(digest));
        _stored.Editor.EditIndex(index =>
        {
            JsonNode entry = index["manifests"]![0]!;
            entry["digest"] = digest;
            entry["size"] = Pipe.Length;
        });
        RequireNoWait(() => _stored.Store.Load(Tag).Dispose());
        RequireNoWait(() => _stored.Store.List());
    }

    [LinuxFact]
    public void Save_WhereTheLockIsAFolder_SaysSo()
    {
        string path = Path.Combine(_stored.Store.Folder, "index.lock");
        File.Delete(path);
        Directory.CreateDirectory(path);
        using Snapshot snapshot = _stored.Store.Load(Tag);
        Exception? refused = Record.Exception(() => _stored.Store.Save(snapshot, "two"));
        Assert.True(refused is SnapshotException or IOException, $"{refused}");
    }

    [LinuxFact]
    public void Save_WhereTheLockLeadsElsewhere_LeavesNothingThere()
    {
        string path = Path.Combine(_stored.Store.Folder, "index.lock");
        File.Delete(path);
        File.CreateSymbolicLink(path, _stored.Folder.PathOf("elsewhere"));
        using Snapshot snapshot = _stored.Store.Load(Tag);
        Record.Exception(() => _stored.Store.Save(snapshot, "two"));
        Assert.False(File.Exists(_stored.Folder.PathOf("elsewhere")));
    }

    /// <summary>Somebody has put other bytes into all files that are to be written, or the disk has.</summary>
    [Fact]
    public void Save_WhereFilesWereAltered_WritesThemAnew()
    {
        using Snapshot snapshot = _stored.Store.Load(Tag);
        foreach (string path in _stored.Editor.Blobs)
            File.WriteAllBytes(path, new byte[new FileInfo(path).Length]);

        _stored.Store.Save(snapshot, "two");
        _stored.Store.Verify("two");
    }

    [LinuxFact]
    public void Save_WhereFilesAreSomethingElse_PutsThemThereAgain()
    {
        using Snapshot snapshot = _stored.Store.Load(Tag);
        string[] paths = _stored.Editor.Blobs;
        NamedPipe.Make(Pipe);
        for (int i = 0; i < paths.Length; i++)
        {
            File.Delete(paths[i]);
            if (i % 2 == 0)
                File.CreateSymbolicLink(paths[i], Pipe);
            else
                NamedPipe.Make(paths[i]);
        }

        _stored.Store.Save(snapshot, "two");
        _stored.Store.Verify("two");
        _stored.Store.Verify(Tag);
        Assert.All(paths, static path => Assert.Null(new FileInfo(path).LinkTarget));
    }

    [Fact]
    public void Save_WhereOneByteWasAltered_HealsEveryFile()
    {
        using Snapshot snapshot = _stored.Store.Load(Tag);
        foreach (string path in _stored.Editor.Blobs)
        {
            byte[] good = File.ReadAllBytes(path);
            foreach (int at in new[] { 0, good.Length / 2, good.Length - 1 })
            {
                File.WriteAllBytes(path, [.. good[..at], (byte)(good[at] ^ 1), .. good[(at + 1)..]]);
                _stored.Store.Save(snapshot, Tag);
                Assert.Equal(good, File.ReadAllBytes(path));
            }
        }
    }

    private void LeadToPipe(string path)
    {
        NamedPipe.Make(Pipe);
        File.CreateSymbolicLink(path, Pipe);
    }

    private void RequireNoWait(Action action)
    {
        Task<Exception?> task = Task.Factory.StartNew(
            () => Record.Exception(action), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        bool hasEnded = task.Wait(TimeSpan.FromSeconds(3));
        if (!hasEnded)
        {
            // Whoever opens the pipe for writing sets the reader free.
            using var other = new FileStream(Pipe, FileMode.Open, FileAccess.ReadWrite);
            task.Wait(TimeSpan.FromSeconds(10));
        }

        Assert.True(hasEnded, "It waits for somebody who writes into the pipe.");
        Assert.True(task.Result is SnapshotException or IOException, $"{task.Result}");
    }
}
