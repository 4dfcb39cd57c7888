namespace Lodge.Memory;

/// <summary>The system that this process runs on.</summary>
internal static class HostMemorySystem
{
    public static IHostMemorySystem Current { get; } =
        OperatingSystem.IsLinux() ? new LinuxHostMemory()
        : OperatingSystem.IsWindows() ? new WindowsHostMemory()
        : throw new PlatformNotSupportedException("Lodge.Memory maps host memory on Linux and on Windows.");
}
