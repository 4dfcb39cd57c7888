using Xunit;

namespace Lodge.Sandbox.Tests;

/// <summary>What a tool for container images makes of a store.</summary>
public sealed class SkopeoTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Whether <c>skopeo</c> is not installed.</summary>
    public static bool IsMissing { get; } = OperatingSystem.IsWindows() || !HostProgram.Exists("skopeo");

    public void Dispose() => _folder.Dispose();

    [Fact(Skip = "There is no skopeo here (Debian has it).", SkipWhen = nameof(IsMissing))]
    public void Copy_GivesAStoreWithTheSameSnapshot()
    {
        var store = new SnapshotStore(_folder.PathOf("store"));
        using (var notes = Sandbox.Create(Guests.Notes, static options => options.Engine = Machines.Machines.Software))
        {
            notes.Call("Put", "name", "value");
            using Snapshot snapshot = notes.TakeSnapshot();
            StoredSnapshot saved = store.Save(snapshot, "tag");
            Assert.Contains(SnapshotDocument.MediaType, Run("inspect", "--raw", $"oci:{store.Folder}:tag"), StringComparison.Ordinal);
            string digestFile = _folder.PathOf("digest");
            string copy = _folder.PathOf("copy");
            Run("copy", "--digestfile", digestFile, $"oci:{store.Folder}:tag", $"oci:{copy}:other");
            Assert.Equal(saved.Digest, File.ReadAllText(digestFile).Trim());
            Assert.Equal(saved with { Tag = "other" }, Assert.Single(new SnapshotStore(copy).List()));
        }

        using Snapshot loaded = new SnapshotStore(_folder.PathOf("copy")).Load("other");
        using var sandbox = Sandbox.Create(loaded, static options => options.Engine = Machines.Machines.Software);
        Assert.Equal("value", sandbox.Call<string>("Get", "name"));
    }

    private static string Run(params string[] arguments) => HostProgram.Run("skopeo", ["--insecure-policy", .. arguments]);
}
