namespace Lodge.Paging;

// Access by the host: through the same tables as the guest's, with pages of lazy areas brought on the way.
public sealed partial class StageTwoSpace
{
    // A page that was brought may be gone for a moment when it is looked at again: while others change the tables.
    private const int MostAttempts = 16;

    /// <inheritdoc/>
    public bool TryGetSlice(GuestAddress address, ulong length, MemoryAccess access, out GuestSlice slice, out AccessFault fault)
    {
        for (int attempt = 1; !_memory.TryGetSlice(address, length, access, out slice, out fault); attempt++)
        {
            if (attempt == MostAttempts || !TryBring(address, length, access, ref fault))
                return false;
        }

        return true;
    }

    /// <inheritdoc cref="AddressSpaceExtensions.TryRead{T}(IAddressSpace, GuestAddress, out T, out AccessFault)"/>
    public bool TryRead<T>(GuestAddress address, out T value, out AccessFault fault) where T : unmanaged
        => _memory.TryRead(address, out value, out fault) || AddressSpaceExtensions.TryRead(this, address, out value, out fault);

    /// <inheritdoc cref="AddressSpaceExtensions.TryWrite{T}(IAddressSpace, GuestAddress, T, out AccessFault)"/>
    public bool TryWrite<T>(GuestAddress address, T value, out AccessFault fault) where T : unmanaged
        => _memory.TryWrite(address, value, out fault) || AddressSpaceExtensions.TryWrite(this, address, value, out fault);

    /// <summary>Where an address leads. A page of a lazy area that is not there yet is brought.</summary>
    /// <param name="address">The guest-physical address.</param>
    /// <param name="access">What will be done there.</param>
    /// <param name="translation">Where it leads, and how far.</param>
    /// <param name="fault">Why it leads nowhere.</param>
    public bool TryTranslate(
        GuestAddress address, MemoryAccess access, out StageTwoTranslation translation, out AccessFault fault)
    {
        translation = default;
        if (!TryFindArea(address, out SpaceArea area))
        {
            fault = new AccessFault(FaultKind.Unmapped, address, 1, access);
            return false;
        }

        ulong remaining = area.Range.Last.Value - address.Value + 1;
        if (!TryTranslatePiece(address, remaining, access, out GuestRange target, out fault))
            return false;

        translation = new StageTwoTranslation(target.Start, target.Length, remaining);
        return true;
    }

    /// <summary>Translates a range as a whole, or not at all. Pages of lazy areas that are not there yet are brought.</summary>
    /// <param name="range">The guest-physical addresses.</param>
    /// <param name="access">What will be done there.</param>
    /// <param name="targets">Receives the ranges of the host's space that they lead to, in order; neighbours are merged.</param>
    /// <param name="count">How many ranges there are. If it is more than fit, none are translated and this is how many are
    /// needed.</param>
    /// <param name="fault">What was wrong; <see cref="FaultKind.None"/> where the ranges do not fit.</param>
    /// <returns>Whether all of the range was translated.</returns>
    public bool TryTranslate(
        GuestRange range, MemoryAccess access, Span<GuestRange> targets, out int count, out AccessFault fault)
    {
        count = 0;
        fault = default;
        GuestRange last = default;
        for (ulong done = 0; done < range.Length;)
        {
            if (!TryTranslatePiece(range.Start + done, range.Length - done, access, out GuestRange piece, out fault))
            {
                count = 0;
                return false;
            }

            done += piece.Length;
            bool goesOn = count > 0 && last.Last.TryAdd(1, out GuestAddress next) && next == piece.Start;
            last = goesOn ? new GuestRange(last.Start, last.Length + piece.Length) : piece;
            count += goesOn ? 0 : 1;
            if (count <= targets.Length)
                targets[count - 1] = last;
        }

        return count <= targets.Length;
    }

    private bool TryTranslatePiece(
        GuestAddress address, ulong length, MemoryAccess access, out GuestRange target, out AccessFault fault)
    {
        target = default;
        GuestAddress start;
        ulong contiguous;
        for (int attempt = 1; !_memory.TryTranslate(address, length, access, out start, out contiguous, out fault); attempt++)
        {
            if (attempt == MostAttempts || !TryBring(address, length, access, ref fault))
                return false;
        }

        target = new GuestRange(start, contiguous);
        return true;
    }

    /// <summary>After a fault: brings a page that is not there yet. If that is not it, the fault becomes what is wrong.</summary>
    private bool TryBring(GuestAddress address, ulong length, MemoryAccess access, ref AccessFault fault)
    {
        if (fault.Kind is not FaultKind.NotPresent || fault.Address != address)
            return false;

        if (TryHandleFault(address, access, out AccessFault denied))
            return true;

        fault = denied with { Length = length };
        return false;
    }

    /// <summary>The space without the guest's rights.</summary>
    private sealed class OwnerView(StageTwoSpace space) : IAddressSpace
    {
        public bool TryGetSlice(
            GuestAddress address, ulong length, MemoryAccess access, out GuestSlice slice, out AccessFault fault)
        {
            slice = default;
            if (length == 0)
            {
                fault = default;
                return true;
            }

            if (!space.TryTranslatePiece(address, length, MemoryAccess.None, out GuestRange target, out fault))
            {
                fault = new AccessFault(fault.Kind, fault.Address, fault.Length, access, fault.Allowed, fault.Level);
                return false;
            }

            if (space._host.TryGetSlice(target.Start, target.Length, access, out slice, out fault))
                return true;

            fault = fault with { Address = address, Length = length };
            return false;
        }
    }
}
