using System.Diagnostics.CodeAnalysis;

namespace Lodge.Fuzz;

/// <summary>An input has shown that something does not hold which has to.</summary>
internal sealed class FuzzFailureException(string message) : Exception(message)
{
    public static void Require([DoesNotReturnIf(false)] bool holds, string what)
    {
        if (!holds)
            throw new FuzzFailureException(what);
    }
}
