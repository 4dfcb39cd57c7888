using System.Diagnostics;

namespace Lodge.Memory.Tests;

/// <summary>A writer that writes and marks, against a harvester that takes the marks and copies what was marked.</summary>
/// <remarks>
/// In a round the writer writes until it is told to end, and the harvester harvests while it does, above all while the last write
/// is made; a last harvest follows. What was copied has to be what was written last: if it is not, a mark was taken for a write
/// that was not visible yet, and no later mark told of it.
/// </remarks>
internal sealed class Litmus
{
    private const int MostSpins = 2000;

    private long _begun;
    private long _started;
    private long _ended;
    private long _done;
    private bool _stopped;

    /// <summary>Runs rounds until there were enough of them, or a write was lost, or the time is over.</summary>
    public static LitmusResult Run<TMarks>(TMarks marks, long mostRounds, TimeSpan limit) where TMarks : ILitmusMarks
        => new Litmus().RunRounds(marks, mostRounds, limit);

    private LitmusResult RunRounds<TMarks>(TMarks marks, long mostRounds, TimeSpan limit) where TMarks : ILitmusMarks
    {
        var writer = new Thread(() => Write(marks)) { IsBackground = true };
        writer.Start();
        long rounds = 0;
        bool lost = false;
        for (var clock = Stopwatch.StartNew(); !lost && rounds < mostRounds && clock.Elapsed < limit;)
        {
            rounds++;
            Volatile.Write(ref _begun, rounds);
            WaitFor(ref _started, rounds);
            ulong copy = 0;
            Harvest(marks, ref copy);
            Volatile.Write(ref _ended, rounds);
            for (int spins = 0; Volatile.Read(ref _done) != rounds; spins++)
            {
                Harvest(marks, ref copy);

                // The writer may need this processor.
                if (spins > MostSpins)
                    Thread.Sleep(0);
            }

            Harvest(marks, ref copy);
            lost = copy != marks.Copy();
        }

        Volatile.Write(ref _stopped, true);
        writer.Join();
        return new LitmusResult(rounds, lost);
    }

    private static void Harvest<TMarks>(TMarks marks, ref ulong copy) where TMarks : ILitmusMarks
    {
        if (marks.Harvest())
            copy = marks.Copy();
    }

    private void Write<TMarks>(TMarks marks) where TMarks : ILitmusMarks
    {
        ulong value = 0;
        for (long round = 1; WaitFor(ref _begun, round); round++)
        {
            marks.Write(++value);
            Volatile.Write(ref _started, round);
            while (Volatile.Read(ref _ended) != round)
                marks.Write(++value);

            Volatile.Write(ref _done, round);
        }
    }

    private bool WaitFor(ref long place, long round)
    {
        for (int spins = 0; Volatile.Read(ref place) != round; spins++)
        {
            if (Volatile.Read(ref _stopped))
                return false;

            if (spins > MostSpins)
                Thread.Sleep(0);
        }

        return true;
    }
}
