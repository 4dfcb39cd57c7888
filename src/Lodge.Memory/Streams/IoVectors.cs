using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Lodge.Memory.Interop;

namespace Lodge.Memory;

/// <summary>The slices of a range, as far as one vectored system call takes them.</summary>
internal unsafe ref struct IoVectors
{
    /// <summary>How many slices one call takes. More are more calls.</summary>
    public const int Capacity = 16;

    private Vectors _vectors;
    private Owners _owners;

    /// <summary>How many vectors there are.</summary>
    public int Count { get; private set; }

    /// <summary>What lies behind the last of them; <see cref="FaultKind.None"/> if nothing is wrong there.</summary>
    public AccessFault Fault { get; private set; }

    /// <summary>Collects the slices that follow the first <paramref name="done"/> bytes of a range.</summary>
    public void Collect(IAddressSpace space, GuestAddress start, ulong done, ulong length, MemoryAccess access)
    {
        Count = 0;
        if (!start.TryAdd(done, out GuestAddress address))
        {
            Fault = DeniedAccesses.Found(space, new AccessFault(FaultKind.Overflow, start, length, access));
            return;
        }

        GuestSlices slices = space.GetSlices(address, length - done, access);
        while (Count < Capacity && slices.MoveNext())
        {
            GuestSlice slice = slices.Current;
            ulong taken = Math.Min(slice.Length, GuestSlice.LargestSpan);
            _vectors[Count] = new Iovec { iov_base = slice.Pointer, iov_len = (nuint)taken };
            _owners[Count] = slice.Owner;
            Count++;

            // The rest of a slice that was cut is not behind the next vector.
            if (taken < slice.Length)
                break;
        }

        Fault = slices.Fault;
    }

    /// <summary>The vectors. Valid while this variable is, and while <see cref="Release"/> follows.</summary>
    [UnscopedRef]
    public ReadOnlySpan<Iovec> Span => ((ReadOnlySpan<Iovec>)_vectors)[..Count];

    /// <summary>Ends the use of the slices: marks the first bytes as written, if that is what happened.</summary>
    public void Release(ulong bytesWritten)
    {
        for (int i = 0; i < Count; i++)
        {
            MemoryRegion owner = _owners[i]!;
            ulong written = Math.Min(bytesWritten, _vectors[i].iov_len);
            if (written != 0 && owner.IsTracked)
                owner.MarkDirty((byte*)_vectors[i].iov_base, written);

            bytesWritten -= written;
            GC.KeepAlive(owner);
        }
    }

    [InlineArray(Capacity)]
    private struct Vectors
    {
        private Iovec _first;
    }

    [InlineArray(Capacity)]
    private struct Owners
    {
        private MemoryRegion? _first;
    }
}
