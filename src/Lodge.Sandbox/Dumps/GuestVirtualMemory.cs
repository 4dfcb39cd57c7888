namespace Lodge.Sandbox;

/// <summary>A sandbox's guest-virtual memory, for reading, under the tables that the guest has at the time of each
/// access.</summary>
internal sealed class GuestVirtualMemory(Sandbox sandbox) : IAddressSpace
{
    public bool TryGetSlice(GuestAddress address, ulong length, MemoryAccess access, out GuestSlice slice, out AccessFault fault)
    {
        if (length != 0 && (access & ~MemoryAccess.Read) != 0)
        {
            slice = default;
            fault = new AccessFault(FaultKind.Permission, address, length, access, MemoryAccess.Read);
            return false;
        }

        if (sandbox.GetVirtualMemory() is { } memory)
            return memory.TryGetSlice(address, length, access, out slice, out fault);

        slice = default;
        fault = new AccessFault(FaultKind.BadTranslation, address, length, access);
        return false;
    }
}
