using System.Runtime.InteropServices;

namespace Lodge.Machines.Tests;

/// <summary>The compiler for guest programs, where there is one.</summary>
internal static class Toolchain
{
    private static readonly string[] Tools = ["gcc", "ld", "make"];

    /// <summary>Why guest programs cannot be built here; null where they can.</summary>
    public static string? MissingReason { get; } = FindMissing();

    private static string? FindMissing()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.OSArchitecture != Architecture.X64)
            return "Guest programs are built on x86-64 Linux.";

        string[] absent = [.. Tools.Where(static tool => !HostProgram.Exists(tool))];
        return absent.Length == 0 ? null : $"There is no {string.Join(" and no ", absent)} on the path.";
    }
}
