using System.Buffers;
using System.Text;

namespace Lodge.Memory;

public static partial class AddressSpaceExtensions
{
    /// <summary>Reads a zero-terminated UTF-8 string.</summary>
    /// <param name="space">The space.</param>
    /// <param name="address">Where the string starts.</param>
    /// <param name="limit">How many bytes to look at, at most. A string that goes on behind them is cut there.</param>
    /// <param name="text">The string without its terminator; bytes that are no UTF-8 become U+FFFD. On a fault, what lies before
    /// it.</param>
    /// <param name="fault">What lies where the terminator was looked for.</param>
    /// <returns>Whether the terminator or the limit was reached before a fault.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The limit is negative.</exception>
    /// <remarks>Each byte is read once, so the guest cannot move the terminator between a look and a copy.</remarks>
    public static bool TryReadUtf8String(
        this IAddressSpace space, GuestAddress address, int limit, out string text, out AccessFault fault)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentOutOfRangeException.ThrowIfNegative(limit);

        // Memory is taken as the string turns out to need it: a large limit must not cost anything by itself. A slice is looked at
        // before the next is asked for: behind the terminator there may be nothing, which is no fault of the string's.
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Math.Min(limit, 256));
        try
        {
            int length = 0;
            GuestSlices slices = space.GetSlices(address, (ulong)limit, MemoryAccess.Read);
            while (slices.MoveNext())
            {
                int end = (int)(slices.Offset + slices.Current.Length);
                while (length < end)
                {
                    if (length == buffer.Length)
                        buffer = Grow(buffer);

                    Span<byte> chunk = buffer.AsSpan(length, Math.Min(buffer.Length, end) - length);
                    slices.Current.CopyTo((ulong)length - slices.Offset, chunk);
                    int terminator = chunk.IndexOf((byte)0);
                    if (terminator >= 0)
                    {
                        text = Encoding.UTF8.GetString(buffer, 0, length + terminator);
                        fault = default;
                        return true;
                    }

                    length += chunk.Length;
                }
            }

            text = Encoding.UTF8.GetString(buffer, 0, length);
            fault = slices.Fault;
            return fault.Kind == FaultKind.None;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads a zero-terminated UTF-8 string.</summary>
    /// <param name="space">The space.</param>
    /// <param name="address">Where the string starts.</param>
    /// <param name="limit">How many bytes to look at, at most. A string that goes on behind them is cut there.</param>
    /// <exception cref="GuestMemoryException">There is a fault before the terminator and the limit.</exception>
    public static string ReadUtf8String(this IAddressSpace space, GuestAddress address, int limit)
    {
        if (!space.TryReadUtf8String(address, limit, out string text, out AccessFault fault))
            Throw(fault);

        return text;
    }

    private static byte[] Grow(byte[] buffer)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
