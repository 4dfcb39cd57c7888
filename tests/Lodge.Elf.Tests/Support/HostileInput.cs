using Xunit;

namespace Lodge.Elf.Tests;

/// <summary>What must hold for any bytes whatever.</summary>
internal static class HostileInput
{
    /// <summary>Far more than an honest file of a few KiB costs, far less than a field of 2^31 would.</summary>
    private const long MostAllocated = 2 << 20;

    /// <summary>Only <see cref="ElfException"/> comes out, and little is allocated.</summary>
    public static int Check(ReadOnlyMemory<byte> bytes, Func<string> what)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        int refused;
        try
        {
            refused = Everything.Ask(bytes);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"{what()}: {exception.GetType().Name} came out.", exception);
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated <= MostAllocated, $"{what()}: {allocated} bytes were allocated.");
        return refused;
    }

    /// <summary>Runs work that might never end, and fails if it does not.</summary>
    public static void WithinAMinute(Action work)
    {
        Task task = Task.Run(work, TestContext.Current.CancellationToken);
        Assert.True(Task.WaitAny([task], TimeSpan.FromMinutes(1)) == 0, "It did not end within a minute.");
        task.GetAwaiter().GetResult();
    }
}
