using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>A row of generated accesses and changes of tables, each compared with what a naive oracle says.</summary>
internal sealed class PagedMemoryRun(string format, int seed) : IDisposable
{
    private const int Pages = 24;

    private readonly PagedWorld _world = new(format);
    private readonly Random _random = new(seed);

    // By page: where it leads and what is allowed; nothing where nothing is mapped.
    private readonly (ulong Target, MemoryAccess Access)?[] _pages = new (ulong, MemoryAccess)?[Pages];
    private readonly byte[] _bytes = new byte[PagedWorld.Size];

    public void Run(int operations)
    {
        // Another page of the same table: so what is missing is missing on level 1.
        _world.Map(_world.Base + (Pages * _world.PageBytes), PagedWorld.Data, MemoryAccess.Read);
        Action[] all =
        [
            Change, Change, Change, ReadBytes, ReadBytes, WriteBytes, WriteBytes, ReadAll, WriteAll, Fill, Slice, Translate, Add,
            Read<byte>, Read<ushort>, Read<ulong>, Read<ulong>, Read<Int128>, Write<byte>, Write<uint>, Write<ulong>,
            Write<ulong>, Write<Int128>,
        ];
        for (int i = 0; i < operations; i++)
            all[_random.Next(all.Length)]();

        Assert.True(
            _bytes.AsSpan((int)PagedWorld.Data).SequenceEqual(Physical().AsSpan((int)PagedWorld.Data)), "The memory in the end");
    }

    public void Dispose() => _world.Dispose();

    private byte[] Physical()
    {
        byte[] all = new byte[PagedWorld.Size];
        _world.Memory.ReadExactly(0, all);
        return all;
    }

    private void Change()
    {
        int page = _random.Next(Pages);
        ulong address = _world.Base + ((ulong)page * _world.PageBytes);
        MemoryAccess access = _random.Next(3) == 0 ? MemoryAccess.Read : MemoryAccess.ReadWrite;
        if (_pages[page] is not { } mapped)
        {
            // Neighbours often lead to neighbours, and two pages may lead to one.
            ulong frame = (ulong)(_random.Next(2) == 0 ? page : _random.Next(Pages));
            ulong target = PagedWorld.Data + (frame * _world.PageBytes);
            _world.Map(address, target, access);
            _pages[page] = (target, access);
        }
        else if (_random.Next(3) == 0)
        {
            _world.Editor.Protect(new GuestRange(address, _world.PageBytes), access);
            _pages[page] = (mapped.Target, access);
        }
        else if (_random.Next(2) == 0)
        {
            _world.Editor.Unmap(new GuestRange(address, _world.PageBytes));
            _pages[page] = null;
        }
    }

    private void Read<T>() where T : unmanaged
    {
        (ulong address, int size) = Next<T>();
        AccessFault expected = Check(address, size, MemoryAccess.Read);

        // What the first access found the second has at hand.
        for (int i = 0; i < 2; i++)
        {
            Expect(expected, _world.Space.TryRead(address, out T value, out AccessFault fault), fault);
            if (expected.Kind == FaultKind.None)
                Assert.Equal(OracleRead(address, size), Bytes(value));
            else
                Assert.Equal(default, value);
        }
    }

    private void Write<T>() where T : unmanaged
    {
        (ulong address, int size) = Next<T>();
        AccessFault expected = Check(address, size, MemoryAccess.Write);
        for (int i = 0; i < 2; i++)
        {
            byte[] bytes = NextBytes(size);
            T value = MemoryMarshal.Read<T>(bytes);
            bool done = _world.Space.TryWrite(address, value, out AccessFault fault);
            Expect(expected, done, fault);
            if (done)
                OracleWrite(address, bytes);
        }
    }

    private void Add()
    {
        ulong address = NextAddress() & ~7UL;
        AccessFault expected = Check(address, 8, MemoryAccess.ReadWrite);
        bool done = _world.Space.TryFetchAdd(address, 5UL, out ulong previous, out AccessFault fault);
        Expect(expected, done, fault);
        if (!done)
            return;

        Assert.Equal(OracleRead(address, 8), Bytes(previous));
        OracleWrite(address, Bytes(previous + 5));
    }

    private void ReadBytes()
    {
        (ulong address, int length) = NextRun();
        AccessFault expected = Check(address, length, MemoryAccess.Read);
        byte[] bytes = new byte[length];
        int count = _world.Space.Read(address, bytes, out AccessFault fault);
        Assert.Equal(expected, fault);
        Assert.Equal(length - (int)expected.Length, count);
        Assert.Equal(OracleRead(address, count), bytes[..count]);
    }

    private void WriteBytes()
    {
        (ulong address, int length) = NextRun();
        AccessFault expected = Check(address, length, MemoryAccess.Write);
        byte[] bytes = NextBytes(length);
        int count = _world.Space.Write(address, bytes, out AccessFault fault);
        Assert.Equal(expected, fault);
        Assert.Equal(length - (int)expected.Length, count);
        OracleWrite(address, bytes[..count]);
    }

    private void ReadAll()
    {
        (ulong address, int length) = NextRun();
        byte[] bytes = new byte[length];
        AccessFault expected = Check(address, length, MemoryAccess.Read);
        Expect(expected, _world.Space.TryReadExactly(address, bytes, out AccessFault fault), fault);
        Assert.Equal(expected.Kind == FaultKind.None ? OracleRead(address, length) : new byte[length], bytes);
    }

    private void WriteAll()
    {
        (ulong address, int length) = NextRun();
        byte[] bytes = NextBytes(length);
        AccessFault expected = Check(address, length, MemoryAccess.Write);
        Expect(expected, _world.Space.TryWriteExactly(address, bytes, out AccessFault fault), fault);
        if (expected.Kind == FaultKind.None)
            OracleWrite(address, bytes);
    }

    private void Fill()
    {
        (ulong address, int length) = NextRun();
        AccessFault expected = Check(address, length, MemoryAccess.Write);
        Expect(expected, _world.Space.TryFill(address, (ulong)length, 0x5a, out AccessFault fault), fault);
        if (expected.Kind == FaultKind.None)
            OracleWrite(address, [.. Enumerable.Repeat((byte)0x5a, length)]);
    }

    private void Slice()
    {
        (ulong address, int length) = NextRun();
        length++;
        AccessFault expected = Check(address, 1, MemoryAccess.Read) with { Length = (ulong)length };
        bool found = _world.Space.TryGetSlice(
            address, (ulong)length, MemoryAccess.Read, out GuestSlice slice, out AccessFault fault);
        Assert.Equal(Check(address, 1, MemoryAccess.Read).Kind == FaultKind.None, found);
        if (!found)
        {
            Assert.Equal(expected, fault);
            return;
        }

        Assert.Equal(Contiguous(address, length), (int)slice.Length);
        byte[] bytes = new byte[slice.Length];
        slice.CopyTo(0, bytes);
        Assert.Equal(OracleRead(address, bytes.Length), bytes);
    }

    private void Translate()
    {
        (ulong address, int length) = NextRun();
        length++;
        bool found = _world.Space.TryTranslate(
            address, (ulong)length, MemoryAccess.Read, out GuestAddress target, out ulong contiguous, out AccessFault fault);
        Assert.Equal(Check(address, 1, MemoryAccess.Read).Kind, fault.Kind);
        if (found)
            Assert.Equal((OracleTarget(address), Contiguous(address, length)), (target.Value, (int)contiguous));
    }

    private static void Expect(AccessFault expected, bool done, AccessFault fault)
    {
        Assert.Equal(expected, fault);
        Assert.Equal(expected.Kind == FaultKind.None, done);
    }

    // Near the ends of pages, where things happen.
    private ulong NextAddress()
    {
        ulong edge = _world.Base + ((ulong)_random.Next(Pages + 1) * _world.PageBytes);
        return _random.Next(2) == 0
            ? Math.Max(_world.Base, edge - 1 - (ulong)_random.Next(40))
            : Math.Min(edge + (ulong)_random.Next(5000), _world.Base + (Pages * _world.PageBytes) - 1);
    }

    private (ulong Address, int Size) Next<T>() where T : unmanaged
    {
        int size = Unsafe.SizeOf<T>();
        ulong address = NextAddress();
        address = _random.Next(2) == 0 ? address : address & ~((ulong)size - 1);
        return (Math.Min(address, _world.Base + (Pages * _world.PageBytes) - (ulong)size), size);
    }

    private (ulong Address, int Length) NextRun()
    {
        ulong address = NextAddress();
        ulong rest = _world.Base + (Pages * _world.PageBytes) - address;
        int most = _random.Next(2) == 0 ? 64 : 12_288;
        return (address, (int)Math.Min(rest - 1, (ulong)_random.Next(most)));
    }

    private byte[] NextBytes(int length)
    {
        byte[] bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }

    private AccessFault Check(ulong address, int length, MemoryAccess access)
    {
        for (int i = 0; i < length; i++)
        {
            var (target, allowed) = _pages[PageOf(address + (ulong)i)] ?? (0, MemoryAccess.None);
            ulong rest = (ulong)(length - i);
            if (target == 0)
                return new AccessFault(FaultKind.NotPresent, address + (ulong)i, rest, access, level: 1);

            // What is allowed besides is the format's affair.
            if ((access & ~allowed) != 0)
            {
                Assert.True(_world.Editor.TryQuery(address + (ulong)i, out PageMapping mapping));
                MemoryAccess rights = mapping.Attributes.Rights.Supervisor;
                Assert.Equal(allowed, rights & MemoryAccess.ReadWrite);
                return new AccessFault(FaultKind.Permission, address + (ulong)i, rest, access, rights);
            }
        }

        return default;
    }

    private int PageOf(ulong address) => (int)((address - _world.Base) / _world.PageBytes);

    private ulong OracleTarget(ulong address) => _pages[PageOf(address)]!.Value.Target + (address & (_world.PageBytes - 1));

    private int Contiguous(ulong address, int length)
    {
        int count = 0;
        while (count < length && _pages[PageOf(address + (ulong)count)] is not null
            && OracleTarget(address + (ulong)count) == OracleTarget(address) + (ulong)count)
        {
            count++;
        }

        return count;
    }

    private byte[] OracleRead(ulong address, int length)
        => [.. Enumerable.Range(0, length).Select(i => _bytes[OracleTarget(address + (ulong)i)])];

    private void OracleWrite(ulong address, byte[] bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
            _bytes[OracleTarget(address + (ulong)i)] = bytes[i];
    }

    private static byte[] Bytes<T>(T value) where T : unmanaged
        => MemoryMarshal.AsBytes([value]).ToArray();
}
