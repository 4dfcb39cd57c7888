using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Win32.SafeHandles;

namespace Lodge.Sandbox;

/// <summary>A folder that is an OCI image layout: files that are named by their digests, and an index with tags.</summary>
/// <remarks>Source of the format: OCI image specification 1.1, <c>image-layout.md</c>. What comes out of it may be anybody's work:
/// only regular files are opened, links are not followed, and nothing is read that has not the size which was said.</remarks>
internal sealed class OciLayout(string folder)
{
    // Blobs are named by the tool that wrote them, and tools for images know this algorithm.
    private const string Algorithm = "sha256";
    private const string MarkerName = "oci-layout";
    private const string IndexName = "index.json";
    private const string LockName = "index.lock";
    private const string Version = "1.0.0";
    private const string Versions = "1.";
    private const long MostIndexBytes = 16 << 20;
    private const int BlockBytes = 4096;

    // Nobody puts these files into a web page, and the media types have a plus sign.
    private static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Indented = true,
        NewLine = "\n",
    };

    public string Folder { get; } = folder;

    public bool Exists => File.Exists(PathOf(MarkerName)) || File.Exists(PathOf(IndexName));

    /// <summary>The index; an empty one where there is no layout yet.</summary>
    /// <exception cref="SnapshotException">The folder is something else, or damaged.</exception>
    public OciIndex ReadIndex()
    {
        if (!Exists)
            return new OciIndex { Manifests = [] };

        OciLayoutMarker marker = Parse(ReadSmall(MarkerName), OciJson.Default.OciLayoutMarker, MarkerName);
        if (!marker.ImageLayoutVersion.StartsWith(Versions, StringComparison.Ordinal))
        {
            throw new SnapshotException(
                $"The image layout {Folder} is of version {Shorten(marker.ImageLayoutVersion)}, and this library reads {Versions}x.");
        }

        OciIndex index = Parse(ReadSmall(IndexName), OciJson.Default.OciIndex, IndexName);
        RequireItems(index.Manifests, IndexName);
        return index;
    }

    /// <summary>Changes the index: nobody ever sees half of a change, and no two are made at once.</summary>
    public void ChangeIndex(Func<OciIndex, OciIndex> change)
    {
        Directory.CreateDirectory(Folder);
        using FileStream held = LayoutLock.Take(PathOf(LockName));
        OciIndex changed = change(ReadIndex());
        if (!Exists)
            Replace(PathOf(MarkerName), Serialize(new OciLayoutMarker { ImageLayoutVersion = Version }, OciJson.Default.OciLayoutMarker));

        Replace(PathOf(IndexName), Serialize(changed, OciJson.Default.OciIndex));
    }

    /// <summary>A blob that is a document.</summary>
    /// <exception cref="SnapshotException">It is not there, has another size or another digest, or is larger than
    /// <paramref name="mostBytes"/>.</exception>
    public byte[] ReadBlob(OciDescriptor descriptor, long mostBytes)
    {
        if (descriptor.Size > mostBytes)
        {
            throw new SnapshotException(
                $"The blob {Shorten(descriptor.Digest)} has {descriptor.Size} bytes, and at most {mostBytes} are allowed.");
        }

        using SafeFileHandle file = OpenBlob(descriptor);
        var bytes = new byte[descriptor.Size];
        ReadExactly(file, bytes, descriptor.Digest);
        RequireDigest(Sha256Digest.Of(bytes), descriptor);
        return bytes;
    }

    /// <summary>Reads a document out of a blob.</summary>
    public T ReadDocument<T>(OciDescriptor descriptor, long mostBytes, JsonTypeInfo<T> type)
        => Parse(ReadBlob(descriptor, mostBytes), type, descriptor.Digest);

    /// <summary>Opens a blob, whose size is what its descriptor says. What is in it is not looked at.</summary>
    /// <exception cref="SnapshotException">It is not there, or has another size.</exception>
    public SafeFileHandle OpenBlob(OciDescriptor descriptor)
    {
        SafeFileHandle file = Open(PathOfBlob(descriptor), $"The blob {descriptor.Digest}");
        try
        {
            RequireSize(RandomAccess.GetLength(file), descriptor);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Sees to it that a blob is there and has the size that its descriptor says, without opening it.</summary>
    public void RequireBlob(OciDescriptor descriptor)
    {
        var file = new FileInfo(PathOfBlob(descriptor));
        if (!file.Exists)
            throw new SnapshotException($"The blob {descriptor.Digest} is missing.");

        RequireSize(file.Length, descriptor);
    }

    public static void RequireDigest(string found, OciDescriptor descriptor)
    {
        if (found != descriptor.Digest)
            throw new SnapshotException($"The blob {descriptor.Digest} was altered: its digest is {found}.");
    }

    /// <summary>Writes bytes as a blob, unless they are there.</summary>
    public OciDescriptor WriteBlob(string mediaType, ReadOnlySpan<byte> bytes)
    {
        OciDescriptor descriptor = Describe(mediaType, Sha256Digest.Of(bytes), bytes.Length);
        using (SafeFileHandle? there = OpenIfThere(descriptor))
        {
            if (there is not null && FileContent.BeginsWith(there, bytes))
                return descriptor;
        }

        using PendingFile file = CreateBlob(descriptor);
        RandomAccess.Write(file.Handle, bytes, 0);
        file.Commit();
        return descriptor;
    }

    /// <summary>Writes memory as a blob, unless its content is there. Blocks of zeros become holes in the file.</summary>
    public OciDescriptor WriteBlob(string mediaType, GuestSlice memory)
    {
        OciDescriptor descriptor = Describe(mediaType, Sha256Digest.Of(memory), (long)memory.Length);
        using (SafeFileHandle? there = OpenIfThere(descriptor))
        {
            if (there is not null && FileContent.BeginsWith(there, memory))
                return descriptor;
        }

        using PendingFile file = CreateBlob(descriptor);
        var block = new byte[BlockBytes];
        for (ulong at = 0; at < memory.Length; at += BlockBytes)
        {
            Span<byte> part = block.AsSpan(0, (int)Math.Min(BlockBytes, memory.Length - at));
            memory.CopyTo(at, part);
            if (part.ContainsAnyExcept((byte)0))
                RandomAccess.Write(file.Handle, part, (long)at);
        }

        RandomAccess.SetLength(file.Handle, descriptor.Size);
        file.Commit();
        return descriptor;
    }

    /// <summary>Writes a document as a blob.</summary>
    public OciDescriptor WriteDocument<T>(string mediaType, T document, JsonTypeInfo<T> type)
        => WriteBlob(mediaType, Serialize(document, type));

    /// <summary>Sees to it that a list of a document has no gaps.</summary>
    public static void RequireItems<T>(List<T> items, string name)
        where T : class?
    {
        if (items.Contains(null!))
            throw new SnapshotException($"{name} is damaged: something in a list is missing.");
    }

    /// <summary>What of a text that somebody else wrote goes into a message.</summary>
    public static string Shorten(string text)
    {
        const int Most = 80;
        string start = text.Length <= Most ? text : string.Concat(text.AsSpan(0, Most), "...");
        return string.Concat(start.Select(static c => char.IsControl(c) ? '?' : c));
    }

    private static OciDescriptor Describe(string mediaType, string digest, long size)
        => new() { MediaType = mediaType, Digest = digest, Size = size };

    /// <summary>Opens a blob that may be there already; null where it is not, or is of no use.</summary>
    private SafeFileHandle? OpenIfThere(OciDescriptor descriptor)
    {
        try
        {
            return OpenBlob(descriptor);
        }
        catch (SnapshotException)
        {
            return null;
        }
    }

    private PendingFile CreateBlob(OciDescriptor descriptor)
    {
        string path = PathOfBlob(descriptor);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return new PendingFile(path);
    }

    private string PathOf(string name) => Path.Combine(Folder, name);

    private string PathOfBlob(OciDescriptor descriptor)
        => Sha256Digest.IsValid(descriptor.Digest)
            ? Path.Combine(Folder, "blobs", Algorithm, descriptor.Digest[Sha256Digest.Prefix.Length..])
            : throw new SnapshotException($"{Shorten(descriptor.Digest)} is no SHA-256 digest.");

    private static void RequireSize(long bytes, OciDescriptor descriptor)
    {
        if (descriptor.Size <= 0 || bytes != descriptor.Size)
            throw new SnapshotException($"The blob {descriptor.Digest} has {bytes} bytes, and should have {descriptor.Size}.");
    }

    // A store that tools have copied has no links, and one in it may lead to what is none of its files.
    private static SafeFileHandle Open(string path, string name)
    {
        try
        {
            return RegularFile.Open(path, followsLink: false);
        }
        catch (FileNotFoundException)
        {
            throw new SnapshotException($"{name} is missing.");
        }
        catch (IrregularFileException problem)
        {
            throw new SnapshotException($"{name} is {problem.What}, and no regular file.", problem);
        }
    }

    private byte[] ReadSmall(string name)
    {
        string path = PathOf(name);
        using SafeFileHandle file = Open(path, $"{Folder} is no image layout: {name}");
        long length = RandomAccess.GetLength(file);
        if (length is <= 0 or > MostIndexBytes)
            throw new SnapshotException($"{path} has {length} bytes, and should have 1 to {MostIndexBytes}.");

        var bytes = new byte[length];
        ReadExactly(file, bytes, name);
        return bytes;
    }

    private static void ReadExactly(SafeFileHandle file, byte[] bytes, string name)
    {
        if (!FileContent.TryReadExactly(file, 0, bytes))
            throw new SnapshotException($"{name} changes while it is read.");
    }

    private static T Parse<T>(byte[] bytes, JsonTypeInfo<T> type, string name)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, type)
                ?? throw new SnapshotException($"{name} is damaged: it says nothing.");
        }
        catch (JsonException problem)
        {
            throw new SnapshotException($"{name} is damaged: {Shorten(problem.Message)}", problem);
        }
    }

    private static byte[] Serialize<T>(T value, JsonTypeInfo<T> type)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, WriterOptions))
            JsonSerializer.Serialize(writer, value, type);

        return bytes.WrittenSpan.ToArray();
    }

    private static void Replace(string path, byte[] content)
    {
        using var file = new PendingFile(path);
        RandomAccess.Write(file.Handle, content, 0);
        file.Commit();
    }
}
