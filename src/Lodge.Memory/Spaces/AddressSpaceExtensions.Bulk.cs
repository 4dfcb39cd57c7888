namespace Lodge.Memory;

public static partial class AddressSpaceExtensions
{
    /// <summary>The slices that a range is made of, in order, without allocation. See <see cref="GuestSlices"/>.</summary>
    /// <param name="space">The space.</param>
    /// <param name="start">The first address.</param>
    /// <param name="length">How many bytes.</param>
    /// <param name="access">What the slices are for.</param>
    public static GuestSlices GetSlices(this IAddressSpace space, GuestAddress start, ulong length, MemoryAccess access)
    {
        ArgumentNullException.ThrowIfNull(space);
        return new GuestSlices(space, start, length, access);
    }

    /// <summary>Whether every byte of a range is there and allows an access. A range without bytes is accessible.</summary>
    public static bool IsAccessible(this IAddressSpace space, GuestRange range, MemoryAccess access)
        => space.IsAccessible(range.Start, range.Length, access, out _);

    /// <summary>Reads as many bytes as can be read, up to the first fault.</summary>
    /// <param name="space">The space.</param>
    /// <param name="address">The first address.</param>
    /// <param name="destination">Where the bytes go.</param>
    /// <returns>How many were read.</returns>
    public static int Read(this IAddressSpace space, GuestAddress address, Span<byte> destination)
        => space.Read(address, destination, out _);

    /// <summary>Reads as many bytes as can be read, up to the first fault.</summary>
    /// <param name="space">The space.</param>
    /// <param name="address">The first address.</param>
    /// <param name="destination">Where the bytes go.</param>
    /// <param name="fault">What ended the read early; <see cref="FaultKind.None"/> if nothing did.</param>
    /// <returns>How many were read.</returns>
    public static int Read(this IAddressSpace space, GuestAddress address, Span<byte> destination, out AccessFault fault)
    {
        GuestSlices slices = space.GetSlices(address, (ulong)destination.Length, MemoryAccess.Read);
        int done = 0;
        while (slices.MoveNext())
        {
            int length = (int)slices.Current.Length;
            slices.Current.CopyTo(0, destination.Slice(done, length));
            done += length;
        }

        fault = slices.Fault;
        return done;
    }

    /// <summary>Reads all of the bytes or, where one of them cannot be read, none.</summary>
    public static bool TryReadExactly(this IAddressSpace space, GuestAddress address, Span<byte> destination, out AccessFault fault)
        => space.IsAccessible(address, (ulong)destination.Length, MemoryAccess.Read, out fault)
            && space.Read(address, destination, out fault) == destination.Length;

    /// <summary>Reads all of the bytes.</summary>
    /// <exception cref="GuestMemoryException">One of them cannot be read; none is.</exception>
    public static void ReadExactly(this IAddressSpace space, GuestAddress address, Span<byte> destination)
    {
        if (!space.TryReadExactly(address, destination, out AccessFault fault))
            Throw(fault);
    }

    /// <summary>Writes as many bytes as can be written, up to the first fault.</summary>
    /// <param name="space">The space.</param>
    /// <param name="address">The first address.</param>
    /// <param name="source">The bytes.</param>
    /// <returns>How many were written.</returns>
    public static int Write(this IAddressSpace space, GuestAddress address, ReadOnlySpan<byte> source)
        => space.Write(address, source, out _);

    /// <summary>Writes as many bytes as can be written, up to the first fault.</summary>
    /// <param name="space">The space.</param>
    /// <param name="address">The first address.</param>
    /// <param name="source">The bytes.</param>
    /// <param name="fault">What ended the write early; <see cref="FaultKind.None"/> if nothing did.</param>
    /// <returns>How many were written.</returns>
    public static int Write(this IAddressSpace space, GuestAddress address, ReadOnlySpan<byte> source, out AccessFault fault)
    {
        GuestSlices slices = space.GetSlices(address, (ulong)source.Length, MemoryAccess.Write);
        int done = 0;
        while (slices.MoveNext())
        {
            int length = (int)slices.Current.Length;
            slices.Current.CopyFrom(0, source.Slice(done, length));
            done += length;
        }

        fault = slices.Fault;
        return done;
    }

    /// <summary>Writes all of the bytes or, where one of them cannot be written, none.</summary>
    public static bool TryWriteExactly(
        this IAddressSpace space, GuestAddress address, ReadOnlySpan<byte> source, out AccessFault fault)
        => space.IsAccessible(address, (ulong)source.Length, MemoryAccess.Write, out fault)
            && space.Write(address, source, out fault) == source.Length;

    /// <summary>Writes all of the bytes.</summary>
    /// <exception cref="GuestMemoryException">One of them cannot be written; none is.</exception>
    public static void WriteExactly(this IAddressSpace space, GuestAddress address, ReadOnlySpan<byte> source)
    {
        if (!space.TryWriteExactly(address, source, out AccessFault fault))
            Throw(fault);
    }

    /// <summary>Fills a range with one byte or, where some of it cannot be written, does nothing.</summary>
    public static bool TryFill(this IAddressSpace space, GuestAddress address, ulong length, byte value, out AccessFault fault)
    {
        if (!space.IsAccessible(address, length, MemoryAccess.Write, out fault))
            return false;

        GuestSlices slices = space.GetSlices(address, length, MemoryAccess.Write);
        while (slices.MoveNext())
            slices.Current.Fill(value);

        fault = slices.Fault;
        return fault.Kind == FaultKind.None;
    }

    /// <summary>Fills a range with one byte.</summary>
    /// <exception cref="GuestMemoryException">Some of it cannot be written; nothing is.</exception>
    public static void Fill(this IAddressSpace space, GuestAddress address, ulong length, byte value)
    {
        if (!space.TryFill(address, length, value, out AccessFault fault))
            Throw(fault);
    }

    /// <summary>Finds the first place of a byte in a range.</summary>
    /// <param name="space">The space.</param>
    /// <param name="address">Where the range starts.</param>
    /// <param name="length">How many bytes it has.</param>
    /// <param name="value">The byte.</param>
    /// <param name="index">How many bytes lie before it; where it was not found, how many were searched.</param>
    /// <param name="fault">What ended the search early; <see cref="FaultKind.None"/> where all of the range was searched.</param>
    /// <returns>Whether it was found.</returns>
    public static bool TryIndexOf(
        this IAddressSpace space, GuestAddress address, ulong length, byte value, out ulong index, out AccessFault fault)
    {
        GuestSlices slices = space.GetSlices(address, length, MemoryAccess.Read);
        while (slices.MoveNext())
        {
            if (slices.Current.TryIndexOf(value, out ulong indexInSlice))
            {
                index = slices.Offset + indexInSlice;
                fault = default;
                return true;
            }
        }

        index = slices.Offset;
        fault = slices.Fault;
        return false;
    }

    // The usual range is one slice, which is then found twice; that is cheaper than to remember slices that may be many.
    internal static bool IsAccessible(
        this IAddressSpace space, GuestAddress address, ulong length, MemoryAccess access, out AccessFault fault)
    {
        GuestSlices slices = space.GetSlices(address, length, access);
        while (slices.MoveNext())
        {
        }

        fault = slices.Fault;
        return fault.Kind == FaultKind.None;
    }
}
