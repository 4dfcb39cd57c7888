using System.Runtime.InteropServices;

namespace Lodge.Memory.Tests;

/// <summary>Whether these tests run on Wine instead of Windows.</summary>
internal static class Wine
{
    /// <summary>What Wine 8 lacks: its <c>FlushProcessWriteBuffers</c> does nothing, so that no barrier reaches other threads.</summary>
    public const string HasNoProcessWideBarrier = "Wine's process-wide barrier does nothing, so what it is for cannot be shown.";

    /// <summary>What .NET 10 cannot do on Wine 8: a thread that stays in managed code is never stopped, so that a collection, or
    /// whatever else stops all threads, waits for it without end. A program with one thread that counts and one that calls
    /// <see cref="GC.Collect()"/> shows it.</summary>
    public const string CannotStopThreads =
        "On Wine 8 .NET does not stop a thread that stays in managed code, which a collection waits for.";

    public static bool IsHost { get; } = OperatingSystem.IsWindows() && NativeLibrary.TryLoad("ntdll.dll", out nint ntdll)
        && NativeLibrary.TryGetExport(ntdll, "wine_get_version", out _);
}
