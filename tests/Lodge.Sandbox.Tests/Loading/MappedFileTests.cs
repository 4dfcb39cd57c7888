using System.Buffers.Binary;
using Xunit;

namespace Lodge.Sandbox.Tests;

public sealed class MappedFileTests : IDisposable
{
    private const ulong Page = SandboxLayout.PageBytes;

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<int, bool> Sizes
    {
        get
        {
            var rows = new TheoryData<int, bool>();
            foreach (int size in new[] { 1, 8, 4095, 4096, 4097, 100_000 })
            {
                rows.Add(size, false);
                rows.Add(size, true);
            }

            return rows;
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Guest_ReadsTheFile_AndZerosBehindIt(int size, bool isTrusted)
    {
        byte[] content = Content(size);
        string path = _folder.Write("file", content);
        using Sandbox sandbox = Create(options => options.MapFile(path, isTrusted));
        GuestRange file = Assert.Single(sandbox.Layout.MappedFiles);
        Assert.Equal((ulong)size, file.Length);
        Assert.Equal(0u, file.Start.Value % Page);
        Assert.Equal(WordAt(content, 0), Read(sandbox, file.Start));
        ulong last = (ulong)(size - 1) & ~7UL;
        Assert.Equal(WordAt(content, (int)last), Read(sandbox, file.Start + last));
        Assert.Equal(SandboxRegionKind.MappedFile, sandbox.Layout.Regions[^2].Kind);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Guest_ThatWrites_GetsACopyOfItsOwn(bool isTrusted)
    {
        byte[] content = Content(10_000);
        string path = _folder.Write("file", content);
        using Sandbox first = Create(options => options.MapFile(path, isTrusted));
        GuestAddress start = first.Layout.MappedFiles[0].Start;
        using Snapshot clean = first.TakeSnapshot();
        using Sandbox second = Clone(clean);
        first.Call("WriteVirtual", start.Value, 42UL);
        Assert.Equal(42u, Read(first, start));
        Assert.Equal(WordAt(content, 0), Read(second, start));
        using (Snapshot written = first.TakeSnapshot())
        using (Sandbox third = Clone(written))
            Assert.Equal(42u, Read(third, start));

        first.Restore(clean);
        Assert.Equal(WordAt(content, 0), Read(first, start));
        Assert.Equal(content, File.ReadAllBytes(path));
    }

    [Fact]
    public void Files_LieInTheOrderInWhichTheyWereAdded()
    {
        string[] paths = [.. Enumerable.Range(1, 3).Select(number => _folder.Write($"{number}", [(byte)number, .. new byte[5000]]))];
        using Sandbox sandbox = Create(options =>
        {
            foreach (string path in paths)
                options.MapFile(path);
        });
        Assert.Equal([1UL, 2, 3], sandbox.Layout.MappedFiles.Select(file => Read(sandbox, file.Start)));
        using Sandbox without = Create();
        using Snapshot other = without.TakeSnapshot();
        Assert.Throws<ArgumentException>(() => sandbox.Restore(other));
    }

    [Fact]
    public void Snapshots_KeepFilesAsTheyAre_AlsoWhenLayersBecomeOne()
    {
        byte[] content = Content(1 << 20);
        string path = _folder.Write("file", content);
        using Sandbox sandbox = Create(options =>
        {
            options.MapFile(path);
            options.ScratchSize = 512 << 10;
        });
        GuestAddress start = sandbox.Layout.MappedFiles[0].Start;
        for (ulong i = 0; i < 40; i++)
        {
            sandbox.Call("WriteVirtual", (start + (i * Page)).Value, i);
            using Snapshot taken = sandbox.TakeSnapshot();
            sandbox.Restore(taken);
        }

        for (ulong i = 0; i < 40; i++)
        {
            Assert.Equal(i, Read(sandbox, start + (i * Page)));
            Assert.Equal(WordAt(content, (int)(i * Page) + 8), Read(sandbox, start + (i * Page) + 8));
        }
    }

    [Fact]
    public void Stored_WithTheSnapshot()
    {
        byte[] content = Content(70_000);
        string path = _folder.Write("file", content);
        var store = new SnapshotStore(_folder.PathOf("store"));
        using (Sandbox sandbox = Create(options => options.MapFile(path, isTrusted: true)))
        {
            using Snapshot snapshot = sandbox.TakeSnapshot();
            store.Save(snapshot, "tag");
        }

        File.Delete(path);
        using Snapshot loaded = store.Load("tag");
        using Sandbox clone = Clone(loaded);
        Assert.Equal(70_000u, clone.Layout.MappedFiles[0].Length);
        Assert.Equal(WordAt(content, 69_992), Read(clone, clone.Layout.MappedFiles[0].Start + 69_992));
    }

    [Fact]
    public void WhatCannotBeMapped_IsRefused()
    {
        string path = _folder.Write("empty", []);
        ArgumentException empty = Assert.Throws<ArgumentException>(() => Create(options => options.MapFile(path)));
        Assert.Contains("is empty", empty.Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => Create(options => options.MapFile(_folder.PathOf("none"))));
        using Sandbox sandbox = Create();
        using Snapshot snapshot = sandbox.TakeSnapshot();
        ArgumentException refused = Assert.Throws<ArgumentException>(() => Sandbox.Create(snapshot, options => options.MapFile(path)));
        Assert.Contains("MapFile", refused.Message, StringComparison.Ordinal);
    }

    private static byte[] Content(int size)
    {
        var content = new byte[size];
        new Random(size).NextBytes(content);
        return content;
    }

    private static ulong WordAt(byte[] content, int at)
    {
        Span<byte> word = stackalloc byte[8];
        content.AsSpan(at, Math.Min(8, content.Length - at)).CopyTo(word);
        return BinaryPrimitives.ReadUInt64LittleEndian(word);
    }

    private static ulong Read(Sandbox sandbox, GuestAddress address) => sandbox.Call<ulong>("ReadVirtual", address.Value);

    private static Sandbox Create(Action<SandboxOptions>? configure = null) => HostileGuest.Create(configure);

    private static Sandbox Clone(Snapshot snapshot) => HostileGuest.Create(snapshot);
}
