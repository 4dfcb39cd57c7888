using System.Numerics;

namespace Lodge.Memory.Tests.Model;

/// <summary>One of the ways that lead to the same memory. All of them have to do the same.</summary>
internal interface IAccessPath
{
    string Name { get; }

    /// <summary>The space that the path ends in.</summary>
    IAddressSpace Space { get; }

    bool TryRead<T>(ulong address, out T value, out AccessFault fault) where T : unmanaged;

    T Read<T>(ulong address) where T : unmanaged;

    bool TryWrite<T>(ulong address, T value, out AccessFault fault) where T : unmanaged;

    void Write<T>(ulong address, T value) where T : unmanaged;

    int ReadSome(ulong address, Span<byte> destination, out AccessFault fault);

    int WriteSome(ulong address, ReadOnlySpan<byte> source, out AccessFault fault);

    bool TryReadExactly(ulong address, Span<byte> destination, out AccessFault fault);

    bool TryWriteExactly(ulong address, ReadOnlySpan<byte> source, out AccessFault fault);

    void ReadExactly(ulong address, Span<byte> destination);

    void WriteExactly(ulong address, ReadOnlySpan<byte> source);

    bool TryLoad<T>(ulong address, MemoryOrder order, out T value, out AccessFault fault) where T : unmanaged;

    bool TryStore<T>(ulong address, MemoryOrder order, T value, out AccessFault fault) where T : unmanaged;

    bool TryExchange<T>(ulong address, T value, out T previous, out AccessFault fault) where T : unmanaged;

    bool TryCompareExchange<T>(ulong address, T value, T comparand, out T previous, out AccessFault fault) where T : unmanaged;

    bool TryFetch<T>(FetchKind kind, ulong address, T operand, out T previous, out AccessFault fault)
        where T : unmanaged, IBinaryInteger<T>;

    /// <summary>The atomic forms that throw, each for its result.</summary>
    T Atomic<T>(AtomicKind kind, ulong address, T operand, T comparand) where T : unmanaged, IBinaryInteger<T>;

    FaultKind LoadWord(int size, ulong address, out ulong value);

    FaultKind StoreWord(int size, ulong address, ulong value);

    GuestSlices GetSlices(ulong address, ulong length, MemoryAccess access);

    bool IsAccessible(GuestRange range, MemoryAccess access);
}
