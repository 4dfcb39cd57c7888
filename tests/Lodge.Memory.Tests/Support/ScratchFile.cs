using Microsoft.Win32.SafeHandles;

namespace Lodge.Memory.Tests;

/// <summary>A file of a test's own, gone with it.</summary>
internal sealed class ScratchFile : IDisposable
{
    public ScratchFile(ReadOnlySpan<byte> content = default)
    {
        Handle = File.OpenHandle(Path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.Write(Handle, content, 0);
    }

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"lodge-{Guid.NewGuid():n}");

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

    /// <summary>Bytes that differ from each other and are not zero.</summary>
    public static byte[] Pattern(int length)
    {
        var bytes = new byte[length];
        for (int i = 0; i < length; i++)
            bytes[i] = (byte)((i % 251) + 1);

        return bytes;
    }

    public SafeFileHandle Open(FileAccess access = FileAccess.ReadWrite)
        => File.OpenHandle(Path, FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete);

    public void Dispose()
    {
        Handle.Dispose();
        File.Delete(Path);
    }
}
