using BenchmarkDotNet.ConsoleArguments;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using Lodge.Benchmarks;
using Lodge.Benchmarks.Quick;

if (args.Contains("--help") || args.Contains("-h"))
{
    Console.Write(QuickOptions.Help);
    return ExitCodes.Done;
}

if (!args.Contains("--quick"))
{
    // The switcher itself only prints what it does not understand, and ends as if all were well.
    (bool isSuccess, _, _) = ConfigParser.Parse(args, ConsoleLogger.Default);
    if (!isSuccess)
    {
        Console.Error.WriteLine("Those were BenchmarkDotNet's arguments, and --help tells those of the quick mode.");
        return ExitCodes.Misused;
    }

    var summaries = BenchmarkSwitcher.FromAssembly(typeof(QuickOptions).Assembly).Run(args).ToArray();
    return summaries.Any(summary => summary.HasCriticalValidationErrors) ? ExitCodes.RowFailed : ExitCodes.Done;
}

if (!QuickOptions.TryParse(args, out QuickOptions? options, out string? problem))
{
    Console.Error.WriteLine(problem);
    Console.Error.WriteLine("Try --help.");
    return ExitCodes.Misused;
}

return QuickRun.Run(QuickSuites.All, options);
