namespace Lodge.Elf.Tests;

/// <summary>For tests of what only Linux has.</summary>
internal static class LinuxOnly
{
    public const string SparseFiles = "Makes a file of a tebibyte without any data, which takes no room on Linux.";

    /// <summary>For <c>SkipUnless</c>.</summary>
    public static bool IsHere { get; } = OperatingSystem.IsLinux();
}
