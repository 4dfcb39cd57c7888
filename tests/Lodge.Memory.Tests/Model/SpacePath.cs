using System.Numerics;

namespace Lodge.Memory.Tests.Model;

/// <summary>The methods that every space has.</summary>
internal sealed class SpacePath(string name, IAddressSpace space) : IAccessPath
{
    public string Name => name;

    public IAddressSpace Space => space;

    public bool TryRead<T>(ulong address, out T value, out AccessFault fault) where T : unmanaged
        => space.TryRead(address, out value, out fault);

    public T Read<T>(ulong address) where T : unmanaged => space.Read<T>(address);

    public bool TryWrite<T>(ulong address, T value, out AccessFault fault) where T : unmanaged
        => space.TryWrite(address, value, out fault);

    public void Write<T>(ulong address, T value) where T : unmanaged => space.Write(address, value);

    public int ReadSome(ulong address, Span<byte> destination, out AccessFault fault) => space.Read(address, destination, out fault);

    public int WriteSome(ulong address, ReadOnlySpan<byte> source, out AccessFault fault) => space.Write(address, source, out fault);

    public bool TryReadExactly(ulong address, Span<byte> destination, out AccessFault fault)
        => space.TryReadExactly(address, destination, out fault);

    public bool TryWriteExactly(ulong address, ReadOnlySpan<byte> source, out AccessFault fault)
        => space.TryWriteExactly(address, source, out fault);

    public void ReadExactly(ulong address, Span<byte> destination) => space.ReadExactly(address, destination);

    public void WriteExactly(ulong address, ReadOnlySpan<byte> source) => space.WriteExactly(address, source);

    public bool TryLoad<T>(ulong address, MemoryOrder order, out T value, out AccessFault fault) where T : unmanaged
        => space.TryLoad(address, out value, out fault, order);

    public bool TryStore<T>(ulong address, MemoryOrder order, T value, out AccessFault fault) where T : unmanaged
        => space.TryStore(address, value, out fault, order);

    public bool TryExchange<T>(ulong address, T value, out T previous, out AccessFault fault) where T : unmanaged
        => space.TryExchange(address, value, out previous, out fault);

    public bool TryCompareExchange<T>(ulong address, T value, T comparand, out T previous, out AccessFault fault) where T : unmanaged
        => space.TryCompareExchange(address, value, comparand, out previous, out fault);

    public bool TryFetch<T>(FetchKind kind, ulong address, T operand, out T previous, out AccessFault fault)
        where T : unmanaged, IBinaryInteger<T>
        => kind switch
        {
            FetchKind.Add => space.TryFetchAdd(address, operand, out previous, out fault),
            FetchKind.And => space.TryFetchAnd(address, operand, out previous, out fault),
            FetchKind.Or => space.TryFetchOr(address, operand, out previous, out fault),
            _ => space.TryFetchXor(address, operand, out previous, out fault),
        };

    public T Atomic<T>(AtomicKind kind, ulong address, T operand, T comparand) where T : unmanaged, IBinaryInteger<T>
    {
        switch (kind)
        {
            case AtomicKind.Load:
                return space.Load<T>(address);
            case AtomicKind.Store:
                space.Store(address, operand);
                return default;
            case AtomicKind.Exchange:
                return space.Exchange(address, operand);
            case AtomicKind.CompareExchange:
                return space.CompareExchange(address, operand, comparand);
            case AtomicKind.FetchAdd:
                return space.FetchAdd(address, operand);
            case AtomicKind.FetchAnd:
                return space.FetchAnd(address, operand);
            case AtomicKind.FetchOr:
                return space.FetchOr(address, operand);
            default:
                return space.FetchXor(address, operand);
        }
    }

    public FaultKind LoadWord(int size, ulong address, out ulong value)
    {
        FaultKind kind;
        switch (size)
        {
            case 1:
                kind = space.LoadU8(address, out byte value8);
                value = value8;
                return kind;
            case 2:
                kind = space.LoadU16(address, out ushort value16);
                value = value16;
                return kind;
            case 4:
                kind = space.LoadU32(address, out uint value32);
                value = value32;
                return kind;
            default:
                return space.LoadU64(address, out value);
        }
    }

    public FaultKind StoreWord(int size, ulong address, ulong value) => size switch
    {
        1 => space.StoreU8(address, (byte)value),
        2 => space.StoreU16(address, (ushort)value),
        4 => space.StoreU32(address, (uint)value),
        _ => space.StoreU64(address, value),
    };

    public GuestSlices GetSlices(ulong address, ulong length, MemoryAccess access) => space.GetSlices(address, length, access);

    public bool IsAccessible(GuestRange range, MemoryAccess access) => space.IsAccessible(range, access);
}
