using static Lodge.Machines.MxcsrBits;

namespace Lodge.Machines;

/// <content>Comparisons.</content>
internal static unsafe partial class SoftFloat<T>
{
    /// <summary>Compares.</summary>
    /// <param name="a">The first.</param>
    /// <param name="b">The second.</param>
    /// <param name="isSignaling">Whether every NaN is invalid, and not only those that signal.</param>
    /// <param name="status">The mode, and the exceptions.</param>
    public static FloatOrder Compare(ulong a, ulong b, bool isSignaling, ref FloatStatus status)
    {
        if (IsNaN(a) || IsNaN(b))
        {
            NoteSignaling(a, ref status);
            NoteSignaling(b, ref status);
            if (isSignaling)
                status.Raise(Invalid);

            return FloatOrder.Unordered;
        }

        a = Flush(a, status);
        b = Flush(b, status);
        NoteDenormal(a, ref status);
        NoteDenormal(b, ref status);
        return OrderOf(a, b);
    }

    /// <summary><c>minps</c> and its like: the second where the two are equal or one is a NaN, as it is.</summary>
    public static ulong Minimum(ulong a, ulong b, ref FloatStatus status)
        => Flush(Compare(a, b, isSignaling: true, ref status) == FloatOrder.Less ? a : b, status);

    /// <summary><c>maxps</c> and its like.</summary>
    public static ulong Maximum(ulong a, ulong b, ref FloatStatus status)
        => Flush(Compare(a, b, isSignaling: true, ref status) == FloatOrder.Greater ? a : b, status);

    private static FloatOrder OrderOf(ulong a, ulong b)
    {
        long first = KeyOf(a);
        long second = KeyOf(b);
        return first < second ? FloatOrder.Less : first == second ? FloatOrder.Equal : FloatOrder.Greater;
    }

    private static long KeyOf(ulong value)
    {
        var magnitude = (long)(value & ~SignBit);
        return (value & SignBit) != 0 ? -magnitude : magnitude;
    }
}
