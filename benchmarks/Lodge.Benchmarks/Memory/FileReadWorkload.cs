using Lodge.Benchmarks.Quick;
using Microsoft.Win32.SafeHandles;

namespace Lodge.Benchmarks.Memory;

/// <summary>A file in the page cache read into guest memory, beside the system call that does so.</summary>
internal sealed class FileReadWorkload : Workload
{
    private readonly GuestMemory _memory = GuestMemory.Create(LookupLayout.Even(1));
    private readonly SafeFileHandle _file;
    private readonly int _bytes;

    public FileReadWorkload(int bytes)
    {
        _bytes = bytes;
        byte[] content = new byte[bytes];
        new Random(1).NextBytes(content);
        string path = Path.GetTempFileName();
        File.WriteAllBytes(path, content);
        _file = File.OpenHandle(path, options: FileOptions.DeleteOnClose);

        // Both rows write to pages that are there.
        _memory.Fill(0, (ulong)bytes, 1);
    }

    public override string Baseline => "preadv into the same memory";

    public override string WorkingSet => $"a file of {_bytes >> 10} KiB in the page cache, one place in guest memory";

    public override ulong RunBatch()
    {
        ulong bytes = _memory.ReadFrom(0, _file, 0, (ulong)_bytes).Bytes;
        return bytes == (ulong)_bytes ? bytes : throw new InvalidOperationException("A read came up short.");
    }

    public override unsafe ulong RunBaselineBatch()
    {
        // In bounds: the region is longer than the file. It is held until the call has returned.
        var vector = new Iovec { Base = (void*)_memory.Regions[0].GetHostSlice().DangerousAddress, Length = (nuint)_bytes };
        nint bytes = Preadv.Call((int)_file.DangerousGetHandle(), &vector, 1, 0);
        GC.KeepAlive(_memory);
        GC.KeepAlive(_file);
        return (ulong)bytes;
    }

    public override void Dispose()
    {
        _file.Dispose();
        _memory.Dispose();
    }
}
