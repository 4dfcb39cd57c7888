using System.Numerics;

namespace Lodge.Memory.Tests.Model;

/// <summary>The methods of <see cref="GuestMemory"/> itself.</summary>
internal sealed class InstancePath(GuestMemory memory) : IAccessPath
{
    public string Name => "GuestMemory";

    public IAddressSpace Space => memory;

    public bool TryRead<T>(ulong address, out T value, out AccessFault fault) where T : unmanaged
        => memory.TryRead(address, out value, out fault);

    public T Read<T>(ulong address) where T : unmanaged => memory.Read<T>(address);

    public bool TryWrite<T>(ulong address, T value, out AccessFault fault) where T : unmanaged
        => memory.TryWrite(address, value, out fault);

    public void Write<T>(ulong address, T value) where T : unmanaged => memory.Write(address, value);

    public int ReadSome(ulong address, Span<byte> destination, out AccessFault fault) => memory.Read(address, destination, out fault);

    public int WriteSome(ulong address, ReadOnlySpan<byte> source, out AccessFault fault) => memory.Write(address, source, out fault);

    public bool TryReadExactly(ulong address, Span<byte> destination, out AccessFault fault)
        => memory.TryReadExactly(address, destination, out fault);

    public bool TryWriteExactly(ulong address, ReadOnlySpan<byte> source, out AccessFault fault)
        => memory.TryWriteExactly(address, source, out fault);

    public void ReadExactly(ulong address, Span<byte> destination) => memory.ReadExactly(address, destination);

    public void WriteExactly(ulong address, ReadOnlySpan<byte> source) => memory.WriteExactly(address, source);

    public bool TryLoad<T>(ulong address, MemoryOrder order, out T value, out AccessFault fault) where T : unmanaged
        => memory.TryLoad(address, out value, out fault, order);

    public bool TryStore<T>(ulong address, MemoryOrder order, T value, out AccessFault fault) where T : unmanaged
        => memory.TryStore(address, value, out fault, order);

    public bool TryExchange<T>(ulong address, T value, out T previous, out AccessFault fault) where T : unmanaged
        => memory.TryExchange(address, value, out previous, out fault);

    public bool TryCompareExchange<T>(ulong address, T value, T comparand, out T previous, out AccessFault fault) where T : unmanaged
        => memory.TryCompareExchange(address, value, comparand, out previous, out fault);

    public bool TryFetch<T>(FetchKind kind, ulong address, T operand, out T previous, out AccessFault fault)
        where T : unmanaged, IBinaryInteger<T>
        => kind switch
        {
            FetchKind.Add => memory.TryFetchAdd(address, operand, out previous, out fault),
            FetchKind.And => memory.TryFetchAnd(address, operand, out previous, out fault),
            FetchKind.Or => memory.TryFetchOr(address, operand, out previous, out fault),
            _ => memory.TryFetchXor(address, operand, out previous, out fault),
        };

    public T Atomic<T>(AtomicKind kind, ulong address, T operand, T comparand) where T : unmanaged, IBinaryInteger<T>
    {
        switch (kind)
        {
            case AtomicKind.Load:
                return memory.Load<T>(address);
            case AtomicKind.Store:
                memory.Store(address, operand);
                return default;
            case AtomicKind.Exchange:
                return memory.Exchange(address, operand);
            case AtomicKind.CompareExchange:
                return memory.CompareExchange(address, operand, comparand);
            case AtomicKind.FetchAdd:
                return memory.FetchAdd(address, operand);
            case AtomicKind.FetchAnd:
                return memory.FetchAnd(address, operand);
            case AtomicKind.FetchOr:
                return memory.FetchOr(address, operand);
            default:
                return memory.FetchXor(address, operand);
        }
    }

    public FaultKind LoadWord(int size, ulong address, out ulong value)
    {
        FaultKind kind;
        switch (size)
        {
            case 1:
                kind = memory.LoadU8(address, out byte value8);
                value = value8;
                return kind;
            case 2:
                kind = memory.LoadU16(address, out ushort value16);
                value = value16;
                return kind;
            case 4:
                kind = memory.LoadU32(address, out uint value32);
                value = value32;
                return kind;
            default:
                return memory.LoadU64(address, out value);
        }
    }

    public FaultKind StoreWord(int size, ulong address, ulong value) => size switch
    {
        1 => memory.StoreU8(address, (byte)value),
        2 => memory.StoreU16(address, (ushort)value),
        4 => memory.StoreU32(address, (uint)value),
        _ => memory.StoreU64(address, value),
    };

    public GuestSlices GetSlices(ulong address, ulong length, MemoryAccess access) => memory.GetSlices(address, length, access);

    public bool IsAccessible(GuestRange range, MemoryAccess access) => memory.IsAccessible(range, access);
}
