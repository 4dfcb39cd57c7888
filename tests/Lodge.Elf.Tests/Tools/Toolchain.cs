using System.Diagnostics;
using System.Runtime.InteropServices;
using Xunit;

namespace Lodge.Elf.Tests;

/// <summary>The system's compiler, binary tools and debugger.</summary>
internal static class Toolchain
{
    public const string Missing = "Compares with gcc, readelf, nm, objcopy and strip for x86-64 on Linux; one of them is not "
        + "there.";
    public const string MissingDebugger = "Opens what was written in gdb on Linux; it is not there.";

    /// <summary>For <c>SkipUnless</c>.</summary>
    public static bool IsThere { get; } = OperatingSystem.IsLinux()
        && RuntimeInformation.OSArchitecture == Architecture.X64
        && new[] { "gcc", "readelf", "nm", "objcopy", "strip" }.All(Has);

    /// <summary>For <c>SkipUnless</c>.</summary>
    public static bool HasDebugger { get; } = OperatingSystem.IsLinux() && Has("gdb") && Has("readelf");

    /// <summary>What a tool writes to its output; it must succeed.</summary>
    public static string Run(string tool, params string[] arguments)
    {
        (int code, string output, string errors) = TryRun(tool, arguments);
        Assert.True(code == 0, $"{tool} {string.Join(' ', arguments)} ended with {code}.\n{errors}");
        return output;
    }

    /// <summary>What a tool writes to its output; it must succeed and complain of nothing.</summary>
    public static string RunQuietly(string tool, params string[] arguments)
    {
        (int code, string output, string errors) = TryRun(tool, arguments);
        Assert.True(code == 0 && errors.Length == 0, $"{tool} {string.Join(' ', arguments)} ended with {code}.\n{errors}");
        return output;
    }

    public static (int Code, string Output, string Errors) TryRun(string tool, params string[] arguments)
    {
        var start = new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LC_ALL"] = "C";
        start.Environment["DEBUGINFOD_URLS"] = "";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.GetAwaiter().GetResult());
    }

    private static bool Has(string tool)
        => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, tool)));
}
