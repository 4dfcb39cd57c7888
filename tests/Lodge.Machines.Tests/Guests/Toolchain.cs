using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Lodge.Machines.Tests;

/// <summary>The compiler for guest programs, where there is one.</summary>
internal static class Toolchain
{
    private static readonly string[] Tools = ["gcc", "ld", "make"];

    /// <summary>Why guest programs cannot be built here; null where they can.</summary>
    public static string? MissingReason { get; } = FindMissing();

    /// <summary>Runs a command and returns what it wrote; throws with all of it where it failed.</summary>
    public static string Run(string command, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{command} ended with {process.ExitCode}:\n{output}{errors.Result}");
    }

    private static string? FindMissing()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.OSArchitecture != Architecture.X64)
            return "Guest programs are built on x86-64 Linux.";

        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        string[] absent = [.. Tools.Where(tool => !folders.Any(folder => File.Exists(Path.Combine(folder, tool))))];
        return absent.Length == 0 ? null : $"There is no {string.Join(" and no ", absent)} on the path.";
    }
}
