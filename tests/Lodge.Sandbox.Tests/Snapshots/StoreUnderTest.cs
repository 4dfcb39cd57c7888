namespace Lodge.Sandbox.Tests;

/// <summary>A store with one snapshot in a folder of its own, and what changes its files.</summary>
internal sealed class StoreUnderTest : IDisposable
{
    public const string Tag = "tag";

    /// <summary>A guest that has noted something.</summary>
    public StoreUnderTest()
        : this(CreateNotes())
    {
    }

    /// <summary>A guest of any kind, which is disposed of when its snapshot is stored.</summary>
    public StoreUnderTest(Sandbox guest)
    {
        Store = new SnapshotStore(Folder.PathOf("store"));
        Editor = new StoreEditor(Store.Folder);
        using (guest)
        using (Snapshot snapshot = guest.TakeSnapshot())
            Store.Save(snapshot, Tag);
    }

    /// <summary>Where the store's folder is, and other files may be.</summary>
    public TemporaryFolder Folder { get; } = new();

    public SnapshotStore Store { get; }

    public StoreEditor Editor { get; }

    public void Dispose() => Folder.Dispose();

    private static Sandbox CreateNotes()
    {
        var notes = Sandbox.Create(Guests.Notes, static options => options.Engine = Machines.Machines.Software);
        notes.Call("Put", "name", "value");
        return notes;
    }
}
