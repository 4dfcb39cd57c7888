using System.Text;

namespace Lodge.Memory.Tests.Model;

// Runs of bytes: partial, exact, filled, searched, and as text.
internal sealed partial class ModelRun
{
    private void Some()
    {
        ulong address = _side.NextAddress();
        int length = _side.NextCount();
        if (_random.Next(2) == 0)
            ReadSome(address, length);
        else
            WriteSome(address, NextBytes(length));
    }

    private void ReadSome(ulong address, int length)
    {
        _what = $"read of up to {length} bytes at 0x{address:x}";
        AccessFault expected = Oracle.Check(address, (ulong)length, MemoryAccess.Read);
        int count = (int)Oracle.CountAccessible(address, (ulong)length, MemoryAccess.Read);

        // What lies behind the bytes that can be read is left as it was.
        byte[] before = NextBytes(length);
        byte[] bytes = [.. Oracle.Read(address, count), .. before.AsSpan(count)];
        foreach (IAccessPath path in _side.Paths)
        {
            byte[] destination = [.. before];
            Expect(count, path.ReadSome(address, destination, out AccessFault fault), path, "count");
            Expect(expected, fault, path, "fault");
            ExpectBytes(bytes, destination, path);
        }
    }

    private void WriteSome(ulong address, byte[] bytes)
    {
        ulong length = (ulong)bytes.Length;
        _what = $"write of up to {length} bytes at 0x{address:x}";
        AccessFault expected = Oracle.Check(address, length, MemoryAccess.Write);
        int count = (int)Oracle.CountAccessible(address, length, MemoryAccess.Write);
        foreach (IAccessPath path in _side.Paths)
        {
            Expect(count, path.WriteSome(address, bytes, out AccessFault fault), path, "count");
            Expect(expected, fault, path, "fault");
        }

        Oracle.Write(address, bytes.AsSpan(0, count));
        _side.CompareBytes(address, length, _what);
    }

    private void Exactly()
    {
        ulong address = _side.NextAddress();
        int length = _side.NextCount();
        if (_random.Next(2) == 0)
            ReadExactly(address, length, IsThrowing());
        else
            WriteExactly(address, NextBytes(length), IsThrowing());
    }

    private void ReadExactly(ulong address, int length, bool isThrowing)
    {
        _what = $"read of exactly {length} bytes at 0x{address:x}";
        AccessFault expected = Oracle.Check(address, (ulong)length, MemoryAccess.Read);
        byte[] before = NextBytes(length);
        byte[] bytes = expected.Kind == FaultKind.None ? Oracle.Read(address, length) : before;
        foreach (IAccessPath path in _side.Paths)
        {
            byte[] destination = [.. before];
            AccessFault fault;
            if (isThrowing)
                fault = FaultOf(() => path.ReadExactly(address, destination));
            else
                Expect(expected.Kind == FaultKind.None, path.TryReadExactly(address, destination, out fault), path, "success");

            Expect(expected, fault, path, "fault");
            ExpectBytes(bytes, destination, path);
        }
    }

    private void WriteExactly(ulong address, byte[] bytes, bool isThrowing)
    {
        ulong length = (ulong)bytes.Length;
        _what = $"write of exactly {length} bytes at 0x{address:x}";
        AccessFault expected = Oracle.Check(address, length, MemoryAccess.Write);
        foreach (IAccessPath path in _side.Paths)
        {
            AccessFault fault;
            if (isThrowing)
                fault = FaultOf(() => path.WriteExactly(address, bytes));
            else
                Expect(expected.Kind == FaultKind.None, path.TryWriteExactly(address, bytes, out fault), path, "success");

            Expect(expected, fault, path, "fault");
        }

        if (expected.Kind == FaultKind.None)
            Oracle.Write(address, bytes);

        _side.CompareBytes(address, length, _what);
    }

    private void Fill()
    {
        ulong address = _side.NextAddress();
        ulong length = _side.NextLength(address, MemoryAccess.Write);
        byte value = (byte)_random.Next(256);
        bool isThrowing = IsThrowing();
        _what = $"fill of 0x{length:x} bytes at 0x{address:x} with {value}";
        AccessFault expected = Oracle.Check(address, length, MemoryAccess.Write);
        foreach (IAccessPath path in _side.Paths)
        {
            AccessFault fault;
            if (isThrowing)
                fault = FaultOf(() => path.Space.Fill(address, length, value));
            else
                Expect(expected.Kind == FaultKind.None, path.Space.TryFill(address, length, value, out fault), path, "success");

            Expect(expected, fault, path, "fault");
        }

        if (expected.Kind == FaultKind.None)
            Oracle.Write(address, Enumerable.Repeat(value, (int)length).ToArray());

        _side.CompareBytes(address, length, _what);
    }

    private void IndexOf()
    {
        ulong address = _side.NextAddress();
        ulong length = _side.NextLength(address, MemoryAccess.Read);
        byte value = (byte)_random.Next(3);
        _what = $"search of 0x{length:x} bytes at 0x{address:x} for {value}";
        int count = (int)Oracle.CountAccessible(address, length, MemoryAccess.Read);
        int found = Array.IndexOf(Oracle.Read(address, count), value);
        AccessFault expected = found >= 0 ? default : Oracle.Check(address, length, MemoryAccess.Read);
        foreach (IAccessPath path in _side.Paths)
        {
            Expect(found >= 0, path.Space.TryIndexOf(address, length, value, out ulong index, out AccessFault fault), path, "success");
            Expect(expected, fault, path, "fault");
            Expect((ulong)(found >= 0 ? found : count), index, path, "index");
        }
    }

    private void Text()
    {
        string text = string.Concat(Enumerable.Repeat("g\u00e4st \u20ac\ud83d\ude00 ", _random.Next(80)));
        WriteSome(_side.NextAddress(), [.. Encoding.UTF8.GetBytes(text), 0]);
    }

    private void ReadText()
    {
        ulong address = _side.NextAddress();
        int limit = _side.NextCount();
        bool isThrowing = IsThrowing();
        _what = $"string of up to {limit} bytes at 0x{address:x}";
        byte[] bytes = Oracle.Read(address, (int)Oracle.CountAccessible(address, (ulong)limit, MemoryAccess.Read));
        int end = Array.IndexOf(bytes, (byte)0);
        AccessFault expected = end >= 0 ? default : Oracle.Check(address, (ulong)limit, MemoryAccess.Read);
        string text = Encoding.UTF8.GetString(bytes, 0, end >= 0 ? end : bytes.Length);
        foreach (IAccessPath path in _side.Paths)
        {
            string actual = text;
            AccessFault fault;
            if (isThrowing)
                fault = FaultOf(() => actual = path.Space.ReadUtf8String(address, limit));
            else
                Expect(expected.Kind == FaultKind.None, path.Space.TryReadUtf8String(address, limit, out actual, out fault), path, "success");

            Expect(text, actual, path, "text");
            Expect(expected, fault, path, "fault");
        }
    }
}
