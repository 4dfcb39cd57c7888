using Xunit;

namespace Lodge.Memory.Tests;

/// <summary>Proves that work allocates nothing.</summary>
internal static class Allocations
{
    /// <summary>Fails if the work allocates each time it is done.</summary>
    /// <remarks>The runtime allocates on a thread of its choice when it compiles or checks a type, at a moment of its choice: so of
    /// several rounds one without allocation is proof, and the work cannot have hidden anything in it.</remarks>
    public static void AssertNone(Action work)
    {
        const int Rounds = 5;
        long least = long.MaxValue;
        for (int round = 0; round < Rounds && least != 0; round++)
        {
            for (int i = 0; i < 100; i++)
                work();

            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 1000; i++)
                work();

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }
}
