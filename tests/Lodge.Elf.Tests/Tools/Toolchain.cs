using System.Runtime.InteropServices;

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
        && new[] { "gcc", "readelf", "nm", "objcopy", "strip" }.All(HostProgram.Exists);

    /// <summary>For <c>SkipUnless</c>.</summary>
    public static bool HasDebugger { get; } = OperatingSystem.IsLinux() && HostProgram.Exists("gdb") && HostProgram.Exists("readelf");
}
