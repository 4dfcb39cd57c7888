using Microsoft.Win32.SafeHandles;
using Xunit;

namespace Lodge.Memory.Tests;

/// <summary>A file on disk with known content, deleted in the end.</summary>
internal sealed class PatternFile : IDisposable
{
    public PatternFile(byte[] content)
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

    /// <summary>The content now, also while somebody has the file open or mapped.</summary>
    public byte[] ReadAll()
    {
        using SafeFileHandle handle = Open(FileAccess.Read);
        var bytes = new byte[RandomAccess.GetLength(handle)];
        Assert.Equal(bytes.Length, RandomAccess.Read(handle, bytes, 0));
        return bytes;
    }

    public void Dispose()
    {
        try
        {
            File.Delete(Path);
        }
        catch (Exception e) when (OperatingSystem.IsWindows() && e is IOException or UnauthorizedAccessException)
        {
            // Windows keeps a file for as long as a view of it is mapped, which is until nothing can reach the view.
        }
    }
}
