using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Lodge.Memory.Tests.Model;

// Atomic accesses, and the words of an emulator.
internal sealed partial class ModelRun
{
    // Values that are no integers: loads, stores and exchanges.
    private void Cell<T>() where T : unmanaged
    {
        ulong size = (ulong)Unsafe.SizeOf<T>();
        ulong address = NextCellAddress(size);
        AtomicKind kind = (AtomicKind)_random.Next(4);
        MemoryOrder order = (MemoryOrder)_random.Next(4);
        _what = $"{kind} ({order}) of {typeof(T)} at 0x{address:x}";
        AccessFault expected = Oracle.CheckCell(address, size, AccessOf(kind));
        byte[] previous = expected.Kind == FaultKind.None ? Oracle.Read(address, (int)size) : new byte[size];
        T value = NextValue<T>();
        T comparand = NextValue<T>();
        if (_random.Next(2) == 0)
            previous.CopyTo(BytesOf(ref comparand));

        bool isWritten = expected.Kind == FaultKind.None
            && (kind is AtomicKind.Store or AtomicKind.Exchange
                || (kind == AtomicKind.CompareExchange && BytesOf(ref comparand).SequenceEqual(previous)));
        foreach (IAccessPath path in _side.Paths)
        {
            T result = default;
            AccessFault fault;
            bool success = kind switch
            {
                AtomicKind.Load => path.TryLoad(address, order, out result, out fault),
                AtomicKind.Store => path.TryStore(address, order, value, out fault),
                AtomicKind.Exchange => path.TryExchange(address, value, out result, out fault),
                _ => path.TryCompareExchange(address, value, comparand, out result, out fault),
            };
            Expect(expected.Kind == FaultKind.None, success, path, "success");
            Expect(expected, fault, path, "fault");
            if (kind != AtomicKind.Store)
                ExpectBytes(previous, BytesOf(ref result), path);
        }

        if (isWritten)
            Oracle.Write(address, BytesOf(ref value));

        _side.CompareBytes(address, size, _what);
    }

    private void Atomic<T>() where T : unmanaged, IBinaryInteger<T>
    {
        int size = Unsafe.SizeOf<T>();
        ulong address = NextCellAddress((ulong)size);
        AtomicKind kind = (AtomicKind)_random.Next(8);
        bool isThrowing = kind < AtomicKind.FetchAdd || IsThrowing();
        _what = $"{kind} of {typeof(T)} at 0x{address:x}";
        AccessFault expected = Oracle.CheckCell(address, (ulong)size, AccessOf(kind));
        bool succeeds = expected.Kind == FaultKind.None;
        T previous = default;
        if (succeeds)
            Oracle.Read(address, size).CopyTo(BytesOf(ref previous));

        T operand = NextValue<T>();
        T comparand = _random.Next(2) == 0 ? previous : NextValue<T>();
        foreach (IAccessPath path in _side.Paths)
        {
            T result = default;
            AccessFault fault;
            if (isThrowing)
                fault = FaultOf(() => result = path.Atomic(kind, address, operand, comparand));
            else
                Expect(succeeds, path.TryFetch((FetchKind)(kind - AtomicKind.FetchAdd), address, operand, out result, out fault), path, "success");

            Expect(expected, fault, path, "fault");
            if (kind != AtomicKind.Store)
                Expect(previous, result, path, "result");
        }

        if (succeeds && kind != AtomicKind.Load && (kind != AtomicKind.CompareExchange || comparand == previous))
        {
            T next = Combine(kind, previous, operand);
            Oracle.Write(address, BytesOf(ref next));
        }

        _side.CompareBytes(address, (ulong)size, _what);
    }

    private void Word()
    {
        int size = 1 << _random.Next(4);
        ulong address = NextCellAddress((ulong)size);
        bool isStore = _random.Next(2) == 0;
        _what = $"{(isStore ? "store" : "load")} of {size * 8} bits at 0x{address:x}";
        FaultKind expected = Oracle.CheckCell(address, (ulong)size, isStore ? MemoryAccess.Write : MemoryAccess.Read).Kind;
        byte[] bytes = new byte[8];
        if (isStore)
            NextBytes(size).CopyTo(bytes, 0);
        else if (expected == FaultKind.None)
            Oracle.Read(address, size).CopyTo(bytes, 0);

        ulong value = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        foreach (IAccessPath path in _side.Paths)
        {
            if (isStore)
            {
                Expect(expected, path.StoreWord(size, address, value), path, "result");
                continue;
            }

            Expect(expected, path.LoadWord(size, address, out ulong loaded), path, "result");
            Expect(value, loaded, path, "value");
        }

        if (isStore && expected == FaultKind.None)
            Oracle.Write(address, bytes.AsSpan(0, size));

        _side.CompareBytes(address, (ulong)size, _what);
    }

    private ulong NextCellAddress(ulong size)
    {
        ulong address = _side.NextAddress();
        return _random.Next(4) == 0 ? address : address & ~(size - 1);
    }

    private static MemoryAccess AccessOf(AtomicKind kind) => kind switch
    {
        AtomicKind.Load => MemoryAccess.Read,
        AtomicKind.Store => MemoryAccess.Write,
        _ => MemoryAccess.ReadWrite,
    };

    private static T Combine<T>(AtomicKind kind, T previous, T operand) where T : IBinaryInteger<T> => kind switch
    {
        AtomicKind.FetchAdd => unchecked(previous + operand),
        AtomicKind.FetchAnd => previous & operand,
        AtomicKind.FetchOr => previous | operand,
        AtomicKind.FetchXor => previous ^ operand,
        _ => operand,
    };
}
