using System.Runtime.CompilerServices;
using Xunit;

namespace Lodge.Memory.Tests;

/// <summary>A theory about what the process-wide barrier is for; skipped where the system has none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ProcessWideBarrierTheoryAttribute : TheoryAttribute
{
    public ProcessWideBarrierTheoryAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        if (Wine.IsHost)
            Skip = Wine.HasNoProcessWideBarrier;
    }
}
