using System.Runtime.InteropServices;

namespace Lodge.Memory.Tests;

/// <summary>Whether these tests run on Wine instead of Windows.</summary>
internal static class Wine
{
    /// <summary>What Wine 10 lacks: its <c>FlushProcessWriteBuffers</c> does nothing, so that no barrier reaches other threads.</summary>
    public const string HasNoProcessWideBarrier = "Wine's process-wide barrier does nothing, so what it is for cannot be shown.";

    public static bool IsHost { get; } = OperatingSystem.IsWindows() && NativeLibrary.TryLoad("ntdll.dll", out nint ntdll)
        && NativeLibrary.TryGetExport(ntdll, "wine_get_version", out _);
}
