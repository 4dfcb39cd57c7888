using System.Runtime.InteropServices;

namespace Lodge.EndToEnd.Tests;

/// <summary>The programs and files of this machine that a guest is booted with.</summary>
internal static class BootFiles
{
    /// <summary>Where <c>eng/install-dependencies.sh</c> unpacks a kernel, so that no host is made to boot it.</summary>
    private const string UnpackedKernels = "/var/cache/lodge";

    private const string KernelPattern = "vmlinuz-*-cloud-amd64";

    public static string? Qemu { get; } = HostProgram.Find("qemu-system-x86_64");

    public static string? Busybox { get; } = HostProgram.Find("busybox");

    public static string? Timeout { get; } = HostProgram.Find("timeout");

    public static string? Kernel { get; } = FindKernel("/boot") ?? FindKernel(UnpackedKernels);

    /// <summary>What is missing and which Debian package has it, or nothing if a guest can be booted.</summary>
    public static string? MissingReason { get; } = FindMissing();

    private static string? FindMissing()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return "Boots a Linux kernel with programs of this machine, which has to be Linux on x86-64.";

        if (Qemu is null)
            return "qemu-system-x86_64 is not on the path (Debian package qemu-system-x86).";

        if (Kernel is null)
            return $"Neither /boot nor {UnpackedKernels} has a {KernelPattern} (Debian package linux-image-cloud-amd64).";

        if (Busybox is null || !IsStatic(Busybox))
            return "No busybox without shared libraries is on the path (Debian package busybox-static).";

        return Timeout is null ? "timeout is not on the path (Debian package coreutils)." : null;
    }

    private static string? FindKernel(string directory)
        => Directory.Exists(directory) ? Directory.GetFiles(directory, KernelPattern).Max(StringComparer.Ordinal) : null;

    // Who needs shared libraries names their loader in the file's first page.
    private static bool IsStatic(string path)
    {
        using FileStream file = File.OpenRead(path);
        var head = new byte[4096];
        int length = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        return head.AsSpan(0, length).IndexOf("/ld-linux"u8) < 0;
    }
}
