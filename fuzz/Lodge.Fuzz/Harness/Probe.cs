using System.Numerics;
using System.Text;

namespace Lodge.Fuzz;

/// <summary>What one input made a target say: the only signal there is of how far the input came.</summary>
/// <remarks>Managed code is not instrumented here. In place of the branches that were taken stand the words of a refusal without
/// its numbers, what was found in the input, and sizes by power of two: an input that brings up anything new is worth
/// keeping.</remarks>
internal sealed class Probe
{
    /// <summary>How many different things can be told apart; as many bytes as AFL++ has by itself.</summary>
    public const int MapBytes = 1 << 16;

    // Words of a refusal that count: what comes after them is often the input's own text.
    private const int MostWords = 9;

    private const int ShortestWord = 3;

    private readonly List<int> _seen = [];
    private readonly List<string> _refusals = [];

    /// <summary>The numbers of what was seen, each less than <see cref="MapBytes"/>.</summary>
    public IReadOnlyList<int> Seen => _seen;

    /// <summary>The refusals, without their numbers.</summary>
    public IReadOnlyList<string> Refusals => _refusals;

    public void Clear()
    {
        _seen.Clear();
        _refusals.Clear();
    }

    public void Saw(string what) => Add(what, 0);

    /// <summary>A number counts by its power of two.</summary>
    public void Saw(string what, ulong number) => Add(what, number == 0 ? 1 : BitOperations.Log2(number) + 2);

    /// <summary>A refusal counts by the reason that it gives, which is that of its cause where it has one.</summary>
    public void Refused(Exception refusal)
    {
        while (refusal.InnerException is { } cause)
            refusal = cause;

        string text = $"{refusal.GetType().Name}: {WithoutNumbers(refusal.Message)}";
        _refusals.Add(text);
        Saw(text);
    }

    /// <summary>Does what ends in a result, or in one kind of refusal, and allocates no more than is allowed.</summary>
    /// <returns>Whether there was a result.</returns>
    public bool Try<TRefusal>(string what, long mostAllocated, Action work)
        where TRefusal : Exception
    {
        TRefusal? refusal = null;
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            work();
        }
        catch (TRefusal found)
        {
            refusal = found;
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        FuzzFailureException.Require(
            allocated <= mostAllocated, $"{what}: {allocated} bytes were allocated, and {mostAllocated} are allowed.");
        if (refusal is not null)
            Refused(refusal);

        return refusal is null;
    }

    /// <summary>Words of letters stay; those with a digit, or that are short, such as numbers, versions and digests, become one
    /// sign where they stand together.</summary>
    private static string WithoutNumbers(string text)
    {
        var words = new StringBuilder();
        int count = 0;
        bool wasNumber = false;
        for (int at = 0; count < MostWords;)
        {
            while (at < text.Length && !char.IsAsciiLetterOrDigit(text[at]))
                at++;

            if (at == text.Length)
                break;

            int start = at;
            bool isNumber = false;
            for (; at < text.Length && char.IsAsciiLetterOrDigit(text[at]); at++)
                isNumber |= char.IsAsciiDigit(text[at]);

            isNumber |= at - start < ShortestWord;
            if (isNumber && wasNumber)
                continue;

            wasNumber = isNumber;
            words.Append(count++ == 0 ? "" : " ").Append(isNumber ? "#" : text.AsSpan(start, at - start));
        }

        return words.ToString();
    }

    private void Add(string what, int bucket)
    {
        // FNV-1a.
        uint hash = 2166136261;
        foreach (char c in what)
            hash = (hash ^ c) * 16777619;

        hash = (hash ^ (uint)bucket) * 16777619;
        _seen.Add((int)((hash ^ (hash >> 16)) & (MapBytes - 1)));
    }
}
