using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Lodge.Cli.Tests;

/// <summary>What guests are built with, where it is there.</summary>
internal static class Toolchain
{
    public const string Missing = "Guests are built on x86-64 Linux with gcc, ld, ar and make.";

    private static readonly string[] Tools = ["gcc", "ld", "ar", "make"];

    public static bool IsHere { get; } = OperatingSystem.IsLinux()
        && RuntimeInformation.OSArchitecture == Architecture.X64
        && Tools.All(static tool => Folders.Any(folder => File.Exists(Path.Combine(folder, tool))));

    private static string[] Folders => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);

    /// <summary>Runs make in a folder and returns what it wrote; throws with all of it where it failed.</summary>
    public static string Make(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("make", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output + errors.Result
            : throw new InvalidOperationException($"make ended with {process.ExitCode}:\n{output}{errors.Result}");
    }
}
