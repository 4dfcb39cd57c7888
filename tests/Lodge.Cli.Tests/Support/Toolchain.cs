using System.Runtime.InteropServices;

namespace Lodge.Cli.Tests;

/// <summary>What guests are built with, where it is there.</summary>
internal static class Toolchain
{
    public const string Missing = "Guests are built on x86-64 Linux with gcc, ld, ar and make.";

    public static bool IsHere { get; } = OperatingSystem.IsLinux()
        && RuntimeInformation.OSArchitecture == Architecture.X64
        && new[] { "gcc", "ld", "ar", "make" }.All(HostProgram.Exists);
}
