using System.Buffers.Binary;

namespace Lodge.Fuzz;

/// <summary>Stored snapshots: one of a guest, with the changes of a <see cref="SnapshotScript"/>. What loads is made a sandbox
/// of, and called.</summary>
internal sealed class SnapshotTarget : FuzzTarget
{
    // Documents have at most 1 MiB each, and JSON takes a few times that; tables and names are small as the files are.
    private const long MostLoading = 16 << 20;
    private const long MostBytes32 = 32 << 20;
    private static readonly TimeSpan MostCall = TimeSpan.FromMilliseconds(100);

    private readonly StoreUnderTest _stored = new();
    private readonly Dictionary<string, byte[]> _files;

    public SnapshotTarget()
        => _files = _stored.Editor.Files.ToDictionary(static path => path, File.ReadAllBytes, StringComparer.Ordinal);

    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        SnapshotScript.Write(isTrusted: false),
        SnapshotScript.Write(isTrusted: true),

        // A member that nobody knows; the memory of the guest's own notes; nothing that changes.
        SnapshotScript.Write(isTrusted: false, (SnapshotScript.Kind.Config, 0, 1, [(byte)'x'])),
        SnapshotScript.Write(isTrusted: false, (SnapshotScript.Kind.Content, 60, 3, [1, 2, 3, 4, 5, 6, 7, 8])),
        SnapshotScript.Write(isTrusted: true, (SnapshotScript.Kind.Manifest, 0, 1, [(byte)'y'])),
        SnapshotScript.Write(isTrusted: false, (SnapshotScript.Kind.Index, 0, 1, [(byte)'z'])),
    ];

    public override int MostBytes => 512;

    public override bool Run(byte[] input, Probe probe)
    {
        SnapshotScript script = SnapshotScript.Parse(input);
        IReadOnlyCollection<string> changed = script.Apply(_stored.Editor);
        try
        {
            // Where something is wrong counts as much as what is said of it.
            bool isLoaded = Load(script.IsTrusted, probe);
            foreach (string step in script.Steps)
                probe.Saw($"{step} {isLoaded}");

            return isLoaded;
        }
        finally
        {
            Reset(changed);
        }
    }

    /// <summary>Mostly of whole edits: bytes anywhere seldom make a sensible one.</summary>
    public override byte[] Mutate(Random random, byte[] input, byte[] other)
    {
        if (random.Next(4) == 0)
            return base.Mutate(random, input, other);

        // Edits before those of another input would move them about: at the end, or alone.
        byte[] edit = SnapshotScript.Write(isTrusted: false, RandomEdit(random))[1..];
        byte[] start = random.Next(3) == 0 || input.Length > MostBytes / 2 ? [(byte)random.Next(2)] : input;
        return [.. start, .. edit, .. random.Next(3) == 0 ? SnapshotScript.Write(isTrusted: false, RandomEdit(random))[1..] : []];
    }

    public override void Dispose()
    {
        _stored.Dispose();
        base.Dispose();
    }

    private static (SnapshotScript.Kind Kind, int Where, int What, byte[] Bytes) RandomEdit(Random random)
    {
        int kind = random.Next(16);
        SnapshotScript.Kind chosen = kind switch
        {
            < 4 => SnapshotScript.Kind.Content,
            < 10 => SnapshotScript.Kind.Config,
            _ => (SnapshotScript.Kind)(kind - 9),
        };
        byte[] bytes = new byte[chosen == SnapshotScript.Kind.FileLength ? random.Next(2) : 8 * random.Next(1, 5)];
        for (int at = 0; at + 8 <= bytes.Length; at += 8)
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), RandomWord(random));

        // A value of another type is refused as soon as it is read: most keep theirs.
        bool isNode = chosen is SnapshotScript.Kind.Config or SnapshotScript.Kind.Manifest or SnapshotScript.Kind.Index;
        int what = isNode && random.Next(3) != 0 ? SnapshotScript.SameType : random.Next(256);
        return (chosen, random.Next(1 << random.Next(1, 17)), what, bytes);
    }

    // Entries of page tables, addresses, small and any numbers.
    private static ulong RandomWord(Random random)
        => (ulong)random.NextInt64() & random.Next(5) switch
        {
            0 => ulong.MaxValue,
            1 => 0xFF_FFFF_F027UL,
            2 => 0x7027,
            3 => 0xFF,
            _ => 0xF_FFFF_F227,
        };

    private bool Load(bool isTrusted, Probe probe)
    {
        Snapshot? loaded = null;
        bool isLoaded = probe.Try<SnapshotException>(
            "Load",
            MostLoading,
            () => loaded = _stored.Store.Load(
                StoreUnderTest.Tag, new SnapshotLoadOptions { IsTrusted = isTrusted, MostBytes = MostBytes32 }));
        if (!isLoaded)
            return false;

        using Snapshot snapshot = loaded!;
        CheckLayers(snapshot.State, probe);
        try
        {
            using var sandbox = MicroVm.Create(snapshot, static options =>
            {
                options.Engine = Lodge.Machines.Machines.Software;
                options.InitializationTimeout = MostCall;
            });
            probe.Saw("created");
            int count = sandbox.Call<int>("Count", MostCall, CancellationToken.None);
            probe.Saw("called", (ulong)count);
        }
        catch (Exception refusal) when (refusal is SandboxException or MachineException or InvalidCastException)
        {
            probe.Refused(refusal);
        }

        return true;
    }

    private static void CheckLayers(SnapshotState state, Probe probe)
    {
        GuestAddress next = SandboxAddresses.Image;
        foreach (SnapshotLayer layer in state.Layers)
        {
            GuestRange range = layer.Region.Range;
            FuzzFailureException.Require(
                range.Start >= next && range.Start < state.Layout.Scratch.Start
                    && range.Length <= state.Layout.Scratch.Start - range.Start,
                $"The layer {range} begins before {next}, or lies in {state.Layout.Scratch}.");
            next = range.Start + range.Length;
            probe.Saw($"layer {layer.Kind}", range.Length);
        }

        probe.Saw("tables", (ulong)state.Tables.Length);
    }

    /// <summary>Everything as it was saved.</summary>
    private void Reset(IReadOnlyCollection<string> changed)
    {
        foreach (string path in _stored.Editor.Files.ToArray())
        {
            if (!_files.ContainsKey(path))
                File.Delete(path);
        }

        foreach (string path in changed.Append(_stored.Editor.IndexPath))
        {
            if (_files.TryGetValue(path, out byte[]? content))
                File.WriteAllBytes(path, content);
        }
    }
}
