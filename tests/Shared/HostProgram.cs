using System.Diagnostics;

namespace Lodge.Tests;

/// <summary>Programs of this machine that tests work with.</summary>
internal static class HostProgram
{
    /// <summary>Where a program of the path is; null where it is not.</summary>
    public static string? Find(string name)
        => (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);

    public static bool Exists(string name) => Find(name) is not null;

    /// <summary>What a program writes to its output; it must succeed.</summary>
    public static string Run(string program, params IEnumerable<string> arguments)
        => RunIn(Environment.CurrentDirectory, program, arguments);

    /// <inheritdoc cref="Run"/>
    public static string RunIn(string folder, string program, params IEnumerable<string> arguments)
    {
        ProgramResult result = TryRunIn(folder, program, arguments);
        return result.Code == 0
            ? result.Output
            : throw new InvalidOperationException($"{program} ended with {result.Code}.\n{result.Output}{result.Errors}");
    }

    /// <summary>What a program writes to its output; it must succeed and complain of nothing.</summary>
    public static string RunQuietly(string program, params IEnumerable<string> arguments)
    {
        ProgramResult result = TryRun(program, arguments);
        return result is { Code: 0, Errors: "" }
            ? result.Output
            : throw new InvalidOperationException($"{program} ended with {result.Code}.\n{result.Errors}");
    }

    public static ProgramResult TryRun(string program, params IEnumerable<string> arguments)
        => TryRunIn(Environment.CurrentDirectory, program, arguments);

    private static ProgramResult TryRunIn(string folder, string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C";
        start.Environment["DEBUGINFOD_URLS"] = "";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new ProgramResult(process.ExitCode, output, errors.GetAwaiter().GetResult());
    }
}
