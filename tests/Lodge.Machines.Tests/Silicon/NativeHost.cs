using System.Runtime.InteropServices;

namespace Lodge.Machines.Tests.Silicon;

/// <summary>Whether this host has a processor to ask, and a compiler for the program that asks it.</summary>
public static class NativeHost
{
    /// <summary>For <c>SkipUnless</c>.</summary>
    public static bool IsThere => Missing is null;

    /// <summary>For <c>Skip</c>.</summary>
    public const string SkipReason = "Needs Linux on an x86-64 processor, and gcc.";

    /// <summary>What is missing, or null.</summary>
    public static string? Missing { get; } = FindMissing();

    private static string? FindMissing()
    {
        if (!OperatingSystem.IsLinux())
            return "This is not Linux.";
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return $"The processor is {RuntimeInformation.ProcessArchitecture}, not x86-64.";

        return HostProgram.Exists("gcc") ? null : "There is no gcc.";
    }
}
