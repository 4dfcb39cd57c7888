using Microsoft.Win32.SafeHandles;

namespace Lodge.Elf;

/// <summary>A file on disk, read where it is needed. It is never mapped: whoever cuts a mapped file short ends the
/// process.</summary>
internal sealed class FileSource : ElfSource
{
    private readonly SafeFileHandle _handle;

    private FileSource(string path, SafeFileHandle handle)
        : base(path, RandomAccess.GetLength(handle)) => _handle = handle;

    public static FileSource Open(string path)
    {
        // Who writes, renames or deletes the file meanwhile is not kept from it: what is read is checked wherever it is used.
        // The system may read ahead, which is what makes reading the memory of a large dump fast.
        SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            return new FileSource(path, handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    public override int Read(long offset, Span<byte> destination)
    {
        int done = 0;
        while (done < destination.Length && offset <= long.MaxValue - done)
        {
            int read = RandomAccess.Read(_handle, destination[done..], offset + done);
            if (read == 0)
                break;

            done += read;
        }

        return done;
    }

    public override ReadOnlyMemory<byte> ReadMemory(long offset, int length, string what)
    {
        RequireRange((ulong)offset, (ulong)length, what);
        byte[] bytes = new byte[length];
        ReadExactly(offset, bytes, what);
        return bytes;
    }

    public override void Dispose() => _handle.Dispose();
}
