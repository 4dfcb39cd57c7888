using System.Security.Cryptography;
using Lodge.Sandbox;
using Microsoft.Win32.SafeHandles;
using Engines = Lodge.Machines.Machines;
using MicroVm = Lodge.Sandbox.Sandbox;

namespace Lodge.Benchmarks.Sandboxes;

/// <summary>Snapshots on disk, of a guest with a heap of 64 MiB that it has filled, so that there are 60 MB to load.</summary>
internal static class StoredSnapshots
{
    private const long HeapBytes = 64 << 20;
    private const int Notes = 60;
    private const int NoteCharacters = 1_000_000;
    private const string Tag = "full";

    /// <summary>From the name to the snapshot, in microseconds.</summary>
    public static double Load(bool isTrusted)
    {
        using var folder = new StoreFolder();
        SnapshotStore store = Save(folder);
        var options = new SnapshotLoadOptions { IsTrusted = isTrusted };
        return MedianTime.Of(() => store.Load(Tag, options).Dispose());
    }

    /// <summary>What nobody can be faster than who verifies: to copy the largest file into memory, and to make its digest.</summary>
    public static double CopyAndDigest()
    {
        using var folder = new StoreFolder();
        SnapshotStore store = Save(folder);
        string largest = Directory.EnumerateFiles(store.Folder, "*", SearchOption.AllDirectories)
            .MaxBy(static path => new FileInfo(path).Length)!;
        return MedianTime.Of(() =>
        {
            using SafeFileHandle file = File.OpenHandle(largest);
            using SharedMemoryFile copy = SharedMemoryFile.CopyOf(file, 0, (ulong)RandomAccess.GetLength(file));
            using HostMapping mapping = copy.Map();
            using MemoryRegion region = MemoryRegion.FromMapping(0, mapping, 0, copy.Size);
            SHA256.HashData(region.GetHostSlice().DangerousGetReadOnlySpan(), stackalloc byte[SHA256.HashSizeInBytes]);
        });
    }

    private static SnapshotStore Save(StoreFolder folder)
    {
        using MicroVm sandbox = MicroVm.Create(Path.Combine(AppContext.BaseDirectory, "guests", "notes.elf"), static options =>
        {
            options.Engine = Engines.Software;
            options.HeapSize = HeapBytes;
            options.ScratchSize = HeapBytes + (8 << 20);
            options.InputBufferSize = NoteCharacters + 4096;
        });
        var random = new Random(1);
        for (int i = 0; i < Notes; i++)
            sandbox.Call("Put", $"{i}", random.GetString("0123456789abcdef", NoteCharacters));

        using Snapshot snapshot = sandbox.TakeSnapshot();
        var store = new SnapshotStore(folder.Path);
        store.Save(snapshot, Tag);
        return store;
    }

    private sealed class StoreFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("lodge-benchmark-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
