namespace Lodge.Memory.Tests;

/// <summary>Every access once, in the forms that do not throw: what a test of their costs runs.</summary>
internal static class EveryAccess
{
    /// <summary>Does all of them and tells how many succeeded.</summary>
    public static int OnMap(GuestMemory memory, ulong address, Span<byte> buffer)
    {
        int succeeded = Count(memory.TryRead<byte>(address, out _, out _));
        succeeded += Count(memory.TryRead<ulong>(address, out _, out _));
        succeeded += Count(memory.TryRead<Int128>(address, out _, out _));
        succeeded += Count(memory.TryWrite(address, 1, out _));
        succeeded += Count(memory.TryWrite<Int128>(address, 1, out _));
        succeeded += Count(memory.Read(address, buffer, out _) == buffer.Length);
        succeeded += Count(memory.Write(address, buffer, out _) == buffer.Length);
        succeeded += Count(memory.TryReadExactly(address, buffer, out _));
        succeeded += Count(memory.TryWriteExactly(address, buffer, out _));
        succeeded += Count(memory.TryLoad<uint>(address, out _, out _));
        succeeded += Count(memory.TryStore<ushort>(address, 1, out _));
        succeeded += Count(memory.TryExchange(address, 1UL, out _, out _));
        succeeded += Count(memory.TryCompareExchange<byte>(address, 1, 1, out _, out _));
        succeeded += Count(memory.TryFetchAdd(address, 1, out _, out _));
        succeeded += Count(memory.TryFetchAnd(address, 1, out _, out _));
        succeeded += Count(memory.TryFetchOr(address, 1, out _, out _));
        succeeded += Count(memory.TryFetchXor(address, 1, out _, out _));
        succeeded += Count(memory.LoadU8(address, out _) == FaultKind.None);
        succeeded += Count(memory.LoadU16(address, out _) == FaultKind.None);
        succeeded += Count(memory.LoadU32(address, out _) == FaultKind.None);
        succeeded += Count(memory.LoadU64(address, out _) == FaultKind.None);
        succeeded += Count(memory.StoreU8(address, 1) == FaultKind.None);
        succeeded += Count(memory.StoreU16(address, 1) == FaultKind.None);
        succeeded += Count(memory.StoreU32(address, 1) == FaultKind.None);
        succeeded += Count(memory.StoreU64(address, 1) == FaultKind.None);
        succeeded += Count(memory.TryFindRegion(address, out _));
        succeeded += Count(memory.IsAccessible(new GuestRange(address, 1), MemoryAccess.ReadWrite));
        return succeeded + OnSpace(memory, address, buffer);
    }

    /// <summary>Does all that any space can, and tells how many succeeded.</summary>
    public static int OnSpace(IAddressSpace space, ulong address, Span<byte> buffer)
    {
        ulong length = (ulong)buffer.Length;
        int succeeded = Count(space.TryRead<byte>(address, out _, out _));
        succeeded += Count(space.TryRead<ulong>(address, out _, out _));
        succeeded += Count(space.TryRead<Int128>(address, out _, out _));
        succeeded += Count(space.TryWrite(address, 1, out _));
        succeeded += Count(space.TryWrite<Int128>(address, 1, out _));
        succeeded += Count(space.Read(address, buffer, out _) == buffer.Length);
        succeeded += Count(space.Write(address, buffer, out _) == buffer.Length);
        succeeded += Count(space.TryReadExactly(address, buffer, out _));
        succeeded += Count(space.TryWriteExactly(address, buffer, out _));
        succeeded += Count(space.TryFill(address, length, 1, out _));
        succeeded += Count(space.TryIndexOf(address, length, 1, out _, out _));
        succeeded += Count(space.TryCopy(address, address + 1, length, out _));
        succeeded += Count(space.TryCopy(address + 1, address, length, out _));
        succeeded += Count(space.TryLoad<uint>(address, out _, out _));
        succeeded += Count(space.TryStore<ushort>(address, 1, out _));
        succeeded += Count(space.TryExchange(address, 1UL, out _, out _));
        succeeded += Count(space.TryCompareExchange<byte>(address, 1, 1, out _, out _));
        succeeded += Count(space.TryFetchAdd(address, 1, out _, out _));
        succeeded += Count(space.LoadU32(address, out _) == FaultKind.None);
        succeeded += Count(space.StoreU64(address, 1) == FaultKind.None);
        succeeded += Count(space.IsAccessible(new GuestRange(address, 1), MemoryAccess.ReadWrite));

        GuestSlices slices = space.GetSlices(address, length, MemoryAccess.Read);
        foreach (GuestSlice slice in slices)
            succeeded += Count(slice.Length != 0);

        return succeeded;
    }

    private static int Count(bool success) => success ? 1 : 0;
}
