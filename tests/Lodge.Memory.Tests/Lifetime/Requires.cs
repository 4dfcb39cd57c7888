using System.Runtime.CompilerServices;
using Xunit;

namespace Lodge.Memory.Tests;

/// <summary>What a test cannot do without; it is skipped, and says why, where that is missing.</summary>
internal static class Requires
{
    public static void Linux([CallerMemberName] string test = "")
        => Assert.SkipUnless(OperatingSystem.IsLinux(), $"{test} looks at what Linux does with pages (/proc/self, memfd, mmap).");

    public static void PageWriteTracking()
        => Assert.SkipUnless(PageWriteTracker.IsSupported, PageWriteTracker.UnsupportedReason ?? "");
}
