using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;

namespace Lodge.Sandbox;

/// <summary>Reads a snapshot out of an image layout that may be anybody's work.</summary>
/// <remarks>First all that is said of it is checked: what the documents say, and that each file is there and has its size. Only
/// then memory is taken for it. What the guest could have made itself, its page tables and its registers, may say anything: they
/// are as harmless as the guest.</remarks>
internal sealed class SnapshotReader
{
    private const long MostDocumentBytes = 1 << 20;

    private readonly OciLayout _layout;
    private readonly OciManifest _manifest;
    private readonly SnapshotDocument _document;
    private readonly SandboxLayout _sandbox;
    private readonly Dictionary<string, OciDescriptor> _blobs = new(StringComparer.Ordinal);
    private readonly List<(SandboxRegion Region, OciDescriptor? Content)> _memory = [];
    private readonly OciDescriptor _tables;
    private readonly OciDescriptor? _binary;
    private readonly long _mostBytes;
    private UInt128 _bytes;

    private SnapshotReader(OciLayout layout, OciManifest manifest, long mostBytes)
    {
        _layout = layout;
        _manifest = manifest;
        _mostBytes = mostBytes;
        foreach (OciDescriptor blob in manifest.Layers)
            _blobs.TryAdd(blob.Digest, blob);

        _document = layout.ReadDocument(manifest.Config, MostDocumentBytes, OciJson.Default.SnapshotDocument);
        if (_document.FormatVersion != SnapshotDocument.CurrentVersion)
        {
            throw new SnapshotException(
                $"The snapshot is of version {_document.FormatVersion}, and this library reads {SnapshotDocument.CurrentVersion}.");
        }

        _sandbox = ReadLayout();
        RequireRoom(_sandbox.Heap.Length);
        RequireRoom(_sandbox.Scratch.Length);
        ReadMemory();
        _tables = FindTables();
        _binary = _document.Binary is { } binary ? Find(binary.Digest) : null;
        RequireRoom((ulong)_tables.Size);
        RequireRoom((ulong)(_binary?.Size ?? 0));
    }

    /// <summary>Reads what is said of a snapshot, and checks it.</summary>
    /// <exception cref="SnapshotException">It cannot be loaded.</exception>
    public static SnapshotReader Open(OciLayout layout, OciDescriptor descriptor, long mostBytes)
    {
        if (descriptor.MediaType != OciManifest.ManifestMediaType)
            throw Foreign(descriptor.MediaType);

        OciManifest manifest = ReadManifest(layout, descriptor);
        if (manifest.Config.MediaType != SnapshotDocument.MediaType)
            throw Foreign(manifest.Config.MediaType);

        int most = SnapshotLimits.MostStoredFiles;
        if (manifest.Layers.Count > most)
            throw new SnapshotException($"The snapshot has {manifest.Layers.Count} files, and {most} is the most.");

        foreach (OciDescriptor blob in manifest.Layers)
            layout.RequireBlob(blob);

        return new SnapshotReader(layout, manifest, mostBytes);
    }

    /// <summary>Loads the memory.</summary>
    /// <param name="isTrusted">Whether it is mapped as it lies in the files.</param>
    /// <exception cref="SnapshotException">A file was altered.</exception>
    public SnapshotState Load(bool isTrusted)
    {
        byte[] tables = _layout.ReadBlob(_tables, _tables.Size);
        GuestSymbols symbols = ReadSymbols();
        var layers = ImmutableArray.CreateBuilder<SnapshotLayer>();
        try
        {
            foreach ((SandboxRegion region, OciDescriptor? content) in _memory)
                layers.Add(new SnapshotLayer(region.Kind, LoadRegion(region, content, isTrusted), region.Access));

            return new SnapshotState
            {
                Layout = _sandbox,
                Layers = layers.ToImmutable(),
                Tables = tables,
                Cpu = _document.Cpu is { } cpu ? CpuState.FromDocument(cpu) : null,
                Entry = _document.Entry.ToEntry(),
                Symbols = symbols,
                Generation = (ulong)_document.Generation,
            };
        }
        catch
        {
            foreach (SnapshotLayer layer in layers)
                layer.Release();

            throw;
        }
    }

    /// <summary>Reads the document that lists a snapshot's files.</summary>
    public static OciManifest ReadManifest(OciLayout layout, OciDescriptor descriptor)
    {
        OciManifest manifest = layout.ReadDocument(descriptor, MostDocumentBytes, OciJson.Default.OciManifest);
        OciLayout.RequireItems(manifest.Layers, descriptor.Digest);
        return manifest;
    }

    private static SnapshotException Foreign(string mediaType)
        => new($"It is no snapshot of a sandbox, but {OciLayout.Shorten(mediaType)}.");

    private static SnapshotException Damaged(string what) => new($"The snapshot is damaged: {what}");

    private SandboxLayout ReadLayout()
    {
        SnapshotDocument.SizesDocument sizes = _document.Sizes;
        if (sizes.Code <= 0 || sizes.Heap <= 0 || sizes.InitData < 0 || sizes.MappedFiles.Exists(static bytes => bytes <= 0)
            || sizes.Input < (long)SandboxSizes.LeastBuffer || sizes.Output < (long)SandboxSizes.LeastBuffer)
        {
            throw Damaged("a size is too small.");
        }

        const int MostFiles = SnapshotLimits.MostMappedFiles;
        if (sizes.MappedFiles.Count > MostFiles)
            throw new SnapshotException($"The snapshot has {sizes.MappedFiles.Count} mapped files, and {MostFiles} is the most.");

        try
        {
            return new SandboxLayout(sizes.ToSizes());
        }
        catch (ArgumentException problem)
        {
            throw new SnapshotException($"The snapshot is damaged: {problem.Message}", problem);
        }
    }

    // Files say that they have almost 2^63 bytes where they have holes, so that 64 bits are too few for a sum.
    private void RequireRoom(ulong bytes)
    {
        _bytes += bytes;
        if (_bytes > (ulong)_mostBytes)
            throw new SnapshotException($"The snapshot takes at least {_bytes} bytes, and at most {_mostBytes} are allowed.");
    }

    private void ReadMemory()
    {
        OciLayout.RequireItems(_document.Memory, _manifest.Config.Digest);
        int most = SnapshotLimits.MostLayers(_sandbox.MappedFiles.Length);
        if (_document.Memory.Count > most)
            throw new SnapshotException($"The snapshot has {_document.Memory.Count} pieces of memory, and {most} is the most.");

        GuestAddress next = SandboxAddresses.Image;
        bool hasZeros = false;
        foreach (SnapshotDocument.MemoryDocument memory in _document.Memory)
        {
            if (!SandboxRegion.TryParse(memory.Region, out SandboxRegion region))
                throw Damaged($"{OciLayout.Shorten(memory.Region)} is no region.");

            RequirePlace(region, next);
            next = region.Range.Start + region.Range.Length;
            bool isZeros = region.Kind == SandboxRegionKind.Heap;
            hasZeros |= isZeros;
            if (isZeros != (memory.Digest is null))
                throw Damaged($"{region} has {(isZeros ? "content of its own" : "no content")}.");

            OciDescriptor? content = memory.Digest is null ? null : Find(memory.Digest);
            if (content is not null && (ulong)content.Size != region.Range.Length)
                throw Damaged($"{region} has {content.Size} bytes.");

            // One file may be in many places, and is copied to each.
            RequireRoom((ulong)(content?.Size ?? 0));
            _memory.Add((region, content));
        }

        if (!hasZeros)
            throw Damaged("it has no heap.");
    }

    /// <summary>The parts of a binary lie where the layout has them, and what guests have changed lies between them and
    /// scratch.</summary>
    private void RequirePlace(SandboxRegion region, GuestAddress next)
    {
        GuestAddress imageEnd = _sandbox.Image.Start + _sandbox.Image.Length;
        bool isPlaced = region.Kind switch
        {
            SandboxRegionKind.Code => region.Range == _sandbox.Code,
            SandboxRegionKind.Peb => region.Range == _sandbox.Peb,
            SandboxRegionKind.Heap => region.Range == _sandbox.Heap,
            SandboxRegionKind.InitData => region.Range == _sandbox.InitData,
            SandboxRegionKind.MappedFile => IsInMappedFile(region.Range),
            SandboxRegionKind.Snapshot => region.Range.Start >= imageEnd && region.Range.Start < _sandbox.Scratch.Start
                && region.Range.Length <= _sandbox.Scratch.Start - region.Range.Start,
            _ => false,
        };
        bool isWhole = region.Range.Length != 0
            && ((region.Range.Start.Value | region.Range.Length) & (SandboxLayout.PageBytes - 1)) == 0;
        if (!isPlaced || !isWhole || region.Range.Start < next)
            throw Damaged($"{region} is not where it belongs.");
    }

    private bool IsInMappedFile(GuestRange range)
        => _sandbox.MappedFiles.Any(file =>
        {
            GuestAddress end = file.Start + SandboxLayout.RoundUp(file.Length);
            return range.Start >= file.Start && range.Start < end && range.Length <= end - range.Start;
        });

    private OciDescriptor Find(string digest)
        => _blobs.GetValueOrDefault(digest)
            ?? throw Damaged($"it speaks of {OciLayout.Shorten(digest)}, which is not among its files.");

    private OciDescriptor FindTables()
    {
        OciDescriptor blob = Find(_document.PageTables);
        ulong most = Math.Min(_sandbox.FreeEnd - _sandbox.PageTables, (ulong)Array.MaxLength);
        if (blob.Size % (long)SandboxLayout.PageBytes != 0 || (ulong)blob.Size > most)
            throw Damaged($"its page tables have {blob.Size} bytes, and have to be whole pages of at most {most}.");

        return blob;
    }

    private GuestSymbols ReadSymbols()
        => _document.Binary is { } binary && _binary is not null
            ? new GuestSymbols(_layout.ReadBlob(_binary, Array.MaxLength), binary.Slide)
            : GuestSymbols.None;

    private MemoryRegion LoadRegion(SandboxRegion region, OciDescriptor? content, bool isTrusted)
    {
        GuestAddress start = region.Range.Start;
        ulong size = region.Range.Length;
        var options = new RegionOptions { Label = region.Kind.ToString(), Permissions = MemoryAccess.ReadExecute };
        if (content is null)
            return MemoryRegion.Anonymous(start, size, options);

        using SafeFileHandle file = _layout.OpenBlob(content);
        return isTrusted
            ? MemoryRegion.MapTrustedFile(start, file, 0, size, FileSharing.ReadOnly, options)
            : LoadCopy(start, file, content, options);
    }

    // The digest is that of the copy, which nobody else has, and not that of a file which changes meanwhile.
    private static MemoryRegion LoadCopy(GuestAddress start, SafeFileHandle file, OciDescriptor content, RegionOptions options)
    {
        MemoryRegion region = Copy(start, file, content, options);
        try
        {
            OciLayout.RequireDigest(Sha256Digest.Of(region.GetHostSlice()), content);
            return region;
        }
        catch
        {
            region.Dispose();
            throw;
        }
    }

    private static MemoryRegion Copy(GuestAddress start, SafeFileHandle file, OciDescriptor content, RegionOptions options)
    {
        try
        {
            return FileMemory.CopyOf(start, file, 0, (ulong)content.Size, options);
        }
        catch (EndOfStreamException problem)
        {
            throw new SnapshotException($"The blob {content.Digest} changes while it is read.", problem);
        }
    }
}
