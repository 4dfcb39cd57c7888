using System.Globalization;
using Xunit;

namespace Lodge.Sandbox.Tests;

/// <summary>What must hold for any bytes whatever.</summary>
internal static class HostileInput
{
    /// <summary>What stands for 32 bits in the hands of an attacker; the lower bits are tried in narrower fields.</summary>
    public static ReadOnlySpan<ulong> Extremes
        => [
            0, 1, 4, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xfffe, 0xffff, 0x1_0000, 0x7fff_fffc, 0x7fff_ffff, 0x8000_0000,
            0xffff_fff8, 0xffff_fffc, 0xffff_fffe, 0xffff_ffff, 0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000,
            0xffff_ffff_ffff_f000, 0xffff_ffff_ffff_fff8, 0xffff_ffff_ffff_ffff,
        ];

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

    /// <summary>The bytes with every field that may begin anywhere at its size's alignment set to every extreme.</summary>
    public static IEnumerable<(byte[] Bytes, string What)> WithExtremes(byte[] bytes, params int[] sizes)
    {
        foreach (int size in sizes)
        {
            ulong mask = size == 8 ? ulong.MaxValue : (1UL << (8 * size)) - 1;
            ulong[] values = [.. Extremes.ToArray().Where(value => value <= mask).Append((ulong)bytes.Length & mask)];
            for (int at = 0; at + size <= bytes.Length; at += size)
            {
                foreach (ulong value in values)
                {
                    byte[] changed = (byte[])bytes.Clone();
                    Set(changed, at, size, value);
                    yield return (changed, $"{size} bytes at 0x{at:x} = 0x{value:x}");
                }
            }
        }
    }

    /// <summary>Changes a few fields somewhere.</summary>
    public static void Mutate(Random random, byte[] bytes)
    {
        for (int changes = random.Next(1, 6); changes > 0; changes--)
        {
            int size = 1 << random.Next(4);
            int at = random.Next(bytes.Length / size) * size;
            ulong value = random.Next(4) switch
            {
                0 => (ulong)random.NextInt64(long.MinValue, long.MaxValue),
                1 => Extremes[random.Next(Extremes.Length)],
                2 => (ulong)random.Next(-bytes.Length, bytes.Length),
                _ => BitConverter.ToUInt64([.. bytes.AsSpan(random.Next(bytes.Length - 8), 8)]),
            };
            Set(bytes, at, size, value);
        }
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

    public static void Set(byte[] bytes, int at, int size, ulong value)
        => BitConverter.GetBytes(value).AsSpan(0, size).CopyTo(bytes.AsSpan(at));
}
