using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lodge.Memory.Tests.Model;

// Values of a type, at any address.
internal sealed partial class ModelRun
{
    private void Typed<T>() where T : unmanaged
    {
        ulong address = _side.NextAddress();
        bool isThrowing = IsThrowing();
        if (_random.Next(2) == 0)
            TypedRead<T>(address, isThrowing);
        else
            TypedWrite<T>(address, isThrowing);
    }

    private void TypedRead<T>(ulong address, bool isThrowing) where T : unmanaged
    {
        int size = Unsafe.SizeOf<T>();
        _what = $"read of {typeof(T)} at 0x{address:x}";
        AccessFault expected = Oracle.Check(address, (ulong)size, MemoryAccess.Read);
        byte[] bytes = expected.Kind == FaultKind.None ? Oracle.Read(address, size) : new byte[size];
        foreach (IAccessPath path in _side.Paths)
        {
            T value = default;
            AccessFault fault;
            if (isThrowing)
                fault = FaultOf(() => value = path.Read<T>(address));
            else
                Expect(expected.Kind == FaultKind.None, path.TryRead(address, out value, out fault), path, "success");

            Expect(expected, fault, path, "fault");
            ExpectBytes(bytes, BytesOf(ref value), path);
        }
    }

    private void TypedWrite<T>(ulong address, bool isThrowing) where T : unmanaged
    {
        int size = Unsafe.SizeOf<T>();
        _what = $"write of {typeof(T)} at 0x{address:x}";
        T value = NextValue<T>();
        AccessFault expected = Oracle.Check(address, (ulong)size, MemoryAccess.Write);
        foreach (IAccessPath path in _side.Paths)
        {
            AccessFault fault;
            if (isThrowing)
                fault = FaultOf(() => path.Write(address, value));
            else
                Expect(expected.Kind == FaultKind.None, path.TryWrite(address, value, out fault), path, "success");

            Expect(expected, fault, path, "fault");
        }

        if (expected.Kind == FaultKind.None)
            Oracle.Write(address, BytesOf(ref value));

        _side.CompareBytes(address, (ulong)size, _what);
    }

    private T NextValue<T>() where T : unmanaged
    {
        T value = default;
        _random.NextBytes(BytesOf(ref value));
        return value;
    }

    private static Span<byte> BytesOf<T>(ref T value) where T : unmanaged => MemoryMarshal.AsBytes(new Span<T>(ref value));
}
