using System.Runtime.CompilerServices;
using Xunit;

namespace Lodge.Memory.Tests;

/// <summary>A theory about page-write tracking; skipped where the system has none, with what it lacks.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PageWriteTrackingTheoryAttribute : TheoryAttribute
{
    public PageWriteTrackingTheoryAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        if (!PageWriteTracker.IsSupported)
            Skip = PageWriteTracker.UnsupportedReason;
    }
}
