using System.Runtime.CompilerServices;
using Lodge.Benchmarks.Quick;
using Lodge.Memory;
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

    public override ulong Run(int batches)
    {
        ulong bytes = Run(_memory, _file, (ulong)_bytes, batches);
        return bytes == (ulong)batches * (ulong)_bytes ? bytes : throw new InvalidOperationException("A read came up short.");
    }

    public override unsafe ulong RunBaseline(int batches)
    {
        // In bounds: the region is longer than the file. It is held until the call has returned.
        var vector = new Iovec { Base = (void*)_memory.Regions[0].GetHostSlice().DangerousAddress, Length = (nuint)_bytes };
        ulong bytes = RunRaw(&vector, (int)_file.DangerousGetHandle(), batches);
        GC.KeepAlive(_memory);
        GC.KeepAlive(_file);
        return bytes;
    }

    public override void Dispose()
    {
        _file.Dispose();
        _memory.Dispose();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Run(GuestMemory memory, SafeFileHandle file, ulong length, int batches)
    {
        ulong bytes = 0;
        for (int batch = 0; batch < batches; batch++)
            bytes += memory.ReadFrom(0, file, 0, length).Bytes;

        return bytes;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe ulong RunRaw(Iovec* vector, int file, int batches)
    {
        ulong bytes = 0;
        for (int batch = 0; batch < batches; batch++)
            bytes += (ulong)Preadv.Call(file, vector, 1, 0);

        return bytes;
    }
}
