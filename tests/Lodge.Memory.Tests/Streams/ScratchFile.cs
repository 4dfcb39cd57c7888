using Microsoft.Win32.SafeHandles;

namespace Lodge.Memory.Tests;

/// <summary>A file of a test's own, gone with it.</summary>
internal sealed class ScratchFile : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"lodge-{Guid.NewGuid():n}");

    public ScratchFile(ReadOnlySpan<byte> content = default)
    {
        Handle = File.OpenHandle(_path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.Write(Handle, content, 0);
    }

    public SafeFileHandle Handle { get; }

    public byte[] Content
    {
        get
        {
            var bytes = new byte[RandomAccess.GetLength(Handle)];
            RandomAccess.Read(Handle, bytes, 0);
            return bytes;
        }
    }

    public SafeFileHandle Open(FileAccess access)
        => File.OpenHandle(_path, FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete);

    public void Dispose()
    {
        Handle.Dispose();
        File.Delete(_path);
    }
}
