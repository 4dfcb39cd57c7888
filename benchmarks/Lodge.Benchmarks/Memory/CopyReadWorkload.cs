using System.Runtime.CompilerServices;

namespace Lodge.Benchmarks.Memory;

/// <summary><see cref="GuestMemory.ReadExactly"/>.</summary>
internal sealed class CopyReadWorkload(int bytes) : CopyWorkload(bytes)
{
    public override ulong RunBatch() => Run(Memory, Addresses, Buffer);

    public override ulong RunBaselineBatch()
    {
        ulong first = RunRaw(Pointers, Buffer);
        GC.KeepAlive(Memory);
        return first;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Run(GuestMemory memory, GuestAddress[] addresses, Span<byte> buffer)
    {
        foreach (GuestAddress address in addresses)
            memory.ReadExactly(address, buffer);

        return buffer[0];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe ulong RunRaw(nint[] pointers, Span<byte> buffer)
    {
        // In bounds: behind each pointer lie as many bytes as the buffer has, in memory that the caller holds.
        foreach (nint pointer in pointers)
            new ReadOnlySpan<byte>((void*)pointer, buffer.Length).CopyTo(buffer);

        return buffer[0];
    }
}
