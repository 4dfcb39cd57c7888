using System.Globalization;
using Xunit;

namespace Lodge.Sandbox.Tests;

/// <summary>What must hold for any bytes whatever.</summary>
internal static partial class HostileInput
{
    /// <summary>Only one kind of exception comes out, and little is allocated.</summary>
    /// <returns>Whether the input was refused.</returns>
    public static bool IsRefused<TException>(Action work, long mostAllocated, Func<string> what)
        where TException : Exception
    {
        bool isRefused = false;
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            work();
        }
        catch (TException)
        {
            isRefused = true;
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"{what()}: {exception.GetType().Name} came out.", exception);
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated <= mostAllocated, $"{what()}: {allocated} bytes were allocated.");
        return isRefused;
    }

    /// <summary>Tries inputs for as long as <c>LODGE_RANDOM_SECONDS</c> says, or two seconds, and at least a thousand.</summary>
    /// <param name="isRefused">Tries one, and says whether it was refused.</param>
    public static void AtRandom(Func<Random, Func<string>, bool> isRefused)
    {
        string? text = Environment.GetEnvironmentVariable("LODGE_RANDOM_SECONDS");
        TimeSpan time = TimeSpan.FromSeconds(text is null ? 2 : int.Parse(text, CultureInfo.InvariantCulture));
        int seed = text is null ? 20_261_121 : Environment.TickCount;
        var random = new Random(seed);
        long start = Environment.TickCount64;
        int count = 0;
        int refused = 0;
        for (; Environment.TickCount64 - start < time.TotalMilliseconds || count < 1000; count++)
            refused += isRefused(random, () => $"Seed {seed}, input {count}") ? 1 : 0;

        // Both kinds have to come up, or the generator tries nothing.
        Assert.InRange(refused, count / 20, count - 1);
    }

    /// <summary>Runs work that might never end, and fails if it does not.</summary>
    public static void WithinAMinute(Action work)
    {
        Task task = Task.Run(work, TestContext.Current.CancellationToken);
        Assert.True(Task.WaitAny([task], TimeSpan.FromMinutes(1)) == 0, "It did not end within a minute.");
        task.GetAwaiter().GetResult();
    }
}
