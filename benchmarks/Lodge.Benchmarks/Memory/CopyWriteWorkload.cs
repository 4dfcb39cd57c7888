using System.Runtime.CompilerServices;

namespace Lodge.Benchmarks.Memory;

/// <summary><see cref="GuestMemory.WriteExactly"/>.</summary>
internal sealed class CopyWriteWorkload(int bytes) : CopyWorkload(bytes)
{
    public override ulong RunBatch() => Run(Memory, Addresses, Buffer);

    public override ulong RunBaselineBatch()
    {
        ulong first = RunRaw(Pointers, Buffer);
        GC.KeepAlive(Memory);
        return first;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Run(GuestMemory memory, GuestAddress[] addresses, ReadOnlySpan<byte> buffer)
    {
        foreach (GuestAddress address in addresses)
            memory.WriteExactly(address, buffer);

        return buffer[0];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe ulong RunRaw(nint[] pointers, ReadOnlySpan<byte> buffer)
    {
        // In bounds: behind each pointer lie as many bytes as the buffer has, in memory that the caller holds.
        foreach (nint pointer in pointers)
            buffer.CopyTo(new Span<byte>((void*)pointer, buffer.Length));

        return buffer[0];
    }
}
