namespace Lodge.Fuzz;

/// <summary><c>run</c>: runs inputs from files, and says what came of each.</summary>
internal static class RunCommand
{
    public static int Run(string name, IEnumerable<string> paths)
    {
        using FuzzTarget target = FuzzTargets.Create(name);
        var probe = new Probe();
        int code = ExitCodes.Success;
        string current = "";
        using var watchdog = new Watchdog(late =>
        {
            Console.WriteLine($"{current}: FAILED: {late}");
            Environment.Exit(ExitCodes.Failed);
        });
        foreach (string path in paths)
        {
            current = path;
            byte[] input = File.ReadAllBytes(path);
            if (Path.GetFileName(path) == $"{name}-current" && CurrentInput.TryRead(input, out byte[] left))
                input = left;

            probe.Clear();
            try
            {
                watchdog.Begin();
                bool isAccepted = target.Run(input, probe);
                watchdog.End();
                Console.WriteLine($"{path}: {(isAccepted ? "accepted" : "refused")}");
                foreach (string refusal in probe.Refusals)
                    Console.WriteLine($"    {refusal}");
            }
            catch (Exception failure)
            {
                watchdog.End();
                Console.WriteLine($"{path}: FAILED: {failure}");
                code = ExitCodes.Failed;
            }
        }

        return code;
    }
}
