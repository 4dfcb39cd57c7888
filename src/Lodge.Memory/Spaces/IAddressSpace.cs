namespace Lodge.Memory;

/// <summary>Anything with addresses: turns (address, length, access) into a slice of host memory, or into a fault that says
/// exactly what was wrong.</summary>
/// <remarks>
/// <para>This one method is all that an implementation provides. Typed and bulk reads and writes, atomics, copies, strings
/// and stream transfers are written once over it (<see cref="AddressSpaceExtensions"/>).</para>
/// <para>Implementations are safe to call from any thread. A fault is never thrown.</para>
/// </remarks>
public interface IAddressSpace
{
    /// <summary>The longest contiguous slice that starts at <paramref name="address"/>, of at most <paramref name="length"/>
    /// bytes, all of it allowing <paramref name="access"/>.</summary>
    /// <param name="address">The first address.</param>
    /// <param name="length">How many bytes are wanted. For 0 the answer is an empty slice, whatever the address.</param>
    /// <param name="access">What will be done with them; the slice allows this and no more.</param>
    /// <param name="slice">At least one byte on success, fewer than <paramref name="length"/> where the memory is in pieces or
    /// where a fault lies further on.</param>
    /// <param name="fault">On failure, what is wrong with the byte at <paramref name="address"/>; its length is
    /// <paramref name="length"/>.</param>
    /// <returns>Whether there is a slice.</returns>
    bool TryGetSlice(GuestAddress address, ulong length, MemoryAccess access, out GuestSlice slice, out AccessFault fault);
}
