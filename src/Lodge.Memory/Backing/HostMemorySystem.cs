namespace Lodge.Memory;

/// <summary>The system that this process runs on.</summary>
internal static class HostMemorySystem
{
    private static readonly IHostMemorySystem? Supported =
        OperatingSystem.IsLinux() ? new LinuxHostMemory() : OperatingSystem.IsWindows() ? new WindowsHostMemory() : null;

    /// <exception cref="PlatformNotSupportedException">There is no implementation for this system.</exception>
    public static IHostMemorySystem Current
        => Supported ?? throw new PlatformNotSupportedException("Lodge.Memory maps host memory on Linux and on Windows.");
}
