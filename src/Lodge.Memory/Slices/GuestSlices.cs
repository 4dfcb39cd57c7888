using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Lodge.Memory;

/// <summary>The slices that a range of an address space is made of, in order, found one at a time and without
/// allocation.</summary>
/// <remarks>
/// The enumeration ends at the range's end or at the first fault; <see cref="Fault"/> tells which. A <c>foreach</c> works on a
/// copy, so where the fault matters, go through the slices by hand:
/// <code>
/// GuestSlices slices = space.GetSlices(address, length, MemoryAccess.Read);
/// while (slices.MoveNext())
///     Use(slices.Current);
/// if (slices.Fault.Kind != FaultKind.None) …
/// </code>
/// </remarks>
public ref struct GuestSlices
{
    private readonly IAddressSpace _space;
    private readonly GuestAddress _start;
    private readonly ulong _length;
    private readonly MemoryAccess _access;
    private ulong _done;
    private GuestSlice _current;
    private AccessFault _fault;

    // Where the space is a map of regions, the region that the current slice is of: the next slice is likely of the next one.
    private readonly GuestMemory? _memory;
    private int _region;

    internal GuestSlices(IAddressSpace space, GuestAddress start, ulong length, MemoryAccess access)
    {
        _space = space;
        _memory = space as GuestMemory;
        _region = -2;
        _start = start;
        _length = length;
        _access = access;
    }

    /// <summary>The slice found last.</summary>
    public readonly GuestSlice Current => _current;

    /// <summary>The bytes of the range that lie before <see cref="Current"/>; after the end, all that were found.</summary>
    public readonly ulong Offset => _done - _current.Length;

    /// <summary>What ended the enumeration early; <see cref="FaultKind.None"/> if nothing did.</summary>
    public readonly AccessFault Fault => _fault;

    /// <summary>The enumerator, which is this.</summary>
    public readonly GuestSlices GetEnumerator() => this;

    /// <summary>Finds the next slice; false at the range's end and at a fault.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MoveNext()
    {
        ulong address = unchecked(_start.Value + _done);
        if (_memory is not null && _done < _length && address >= _done && _memory.TryGetNext(_region, address, out int next)
            && _memory.TryGetSliceOf(next, address, _length - _done, _access, out _current))
        {
            _region = next;
            _done += _current.Length;
            return true;
        }

        return MoveNextSlow(address);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool MoveNextSlow(ulong address)
    {
        _current = default;
        ulong wanted = _length - _done;
        if (wanted == 0 || _fault.Kind != FaultKind.None)
            return false;

        if (address < _done)
        {
            _fault = DeniedAccesses.Found(_space, new AccessFault(FaultKind.Overflow, _start, _length, _access));
            return false;
        }

        if (!TryGetSlice(_space, address, wanted, _access, out _current, out _fault))
            return false;

        if (_memory is not null)
            _region = _memory.Index.Find(address);

        _done += _current.Length;
        return true;
    }

    /// <summary>Asks a space for a slice, and holds it to its contract: anybody can write a space.</summary>
    /// <exception cref="InvalidOperationException">The slice is empty, longer than was asked for, or not granted for the
    /// access.</exception>
    internal static bool TryGetSlice(
        IAddressSpace space, GuestAddress address, ulong wanted, MemoryAccess access, out GuestSlice slice, out AccessFault fault)
    {
        if (!space.TryGetSlice(address, wanted, access, out slice, out fault))
        {
            slice = default;
            return false;
        }

        if (slice.Length - 1 >= wanted || (access & ~slice.Access) != 0)
            ThrowBadSpace(space, slice.Length, slice.Access, wanted, access);

        return true;
    }

    [DoesNotReturn]
    private static void ThrowBadSpace(IAddressSpace space, ulong length, MemoryAccess granted, ulong wanted, MemoryAccess access)
        => throw new InvalidOperationException(
            $"{space.GetType().Name} gave a slice of {length} bytes for {granted} where 1 to {wanted} were asked for, for {access}.");
}
