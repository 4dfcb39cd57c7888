using Microsoft.Win32.SafeHandles;

namespace Lodge.Memory.Tests;

/// <summary>A file on disk with known content, deleted in the end.</summary>
internal sealed class ScratchFile : IDisposable
{
    public ScratchFile(byte[] content)
    {
        Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"lodge-{Guid.NewGuid():N}");
        File.WriteAllBytes(Path, content);
    }

    public string Path { get; }

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

    public void Dispose() => File.Delete(Path);
}
