namespace Lodge.Fuzz;

/// <summary><c>afl</c>: runs a file as often as afl-fuzz says so.</summary>
/// <remarks>afl-fuzz is told of a failure as of a process that was aborted, and keeps the input. What ends this process itself,
/// as an overflow of the stack does, ends afl-fuzz too, which leaves the input as <c>.cur_input</c>.</remarks>
internal static class AflCommand
{
    // Threads that do not come to an end go on; with more of them nothing that is measured would mean anything.
    private const int MostLate = 3;

    public static int Run(string name, string path)
    {
        if (!ForkServer.IsThere || !CoverageMap.TryAttach(out CoverageMap? map))
        {
            Console.Error.WriteLine("There is no afl-fuzz at the other end of the descriptors 198 and 199: see eng/fuzz.sh.");
            return ExitCodes.Usage;
        }

        using var server = new ForkServer();
        using var done = new ManualResetEventSlim();
        int late = 0;
        Serve(isFirst: true);
        done.Wait();
        return ExitCodes.Success;

        // On a thread of its own, whose place another takes when an input does not come to an end.
        void Serve(bool isFirst) => new Thread(() => Loop(isFirst)) { IsBackground = true, Name = "Inputs" }.Start();

        void Loop(bool isFirst)
        {
            using FuzzTarget target = FuzzTargets.Create(name);
            using var watchdog = new Watchdog(_ =>
            {
                server.Answer(isFailure: true);
                if (++late < MostLate)
                    Serve(isFirst: false);
                else
                    done.Set();
            });
            var probe = new Probe();
            if (isFirst)
                server.Greet();

            while (server.WaitForRun())
            {
                byte[] input = File.ReadAllBytes(path);
                probe.Clear();
                watchdog.Begin();
                bool isFailure = IsFailure(target, input, probe);
                if (!watchdog.End())
                    return;

                map!.Write(probe);
                server.Answer(isFailure);
            }

            done.Set();
        }
    }

    private static bool IsFailure(FuzzTarget target, byte[] input, Probe probe)
    {
        try
        {
            target.Run(input, probe);
            return false;
        }
        catch (Exception failure)
        {
            // To be seen with AFL_DEBUG_CHILD=1, and by running the input alone.
            Console.Error.WriteLine(failure);
            return true;
        }
    }
}
