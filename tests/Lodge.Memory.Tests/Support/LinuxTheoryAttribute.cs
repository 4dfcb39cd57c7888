using System.Runtime.CompilerServices;
using Xunit;

namespace Lodge.Memory.Tests;

/// <summary>A theory about Linux; skipped elsewhere.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        if (!OperatingSystem.IsLinux())
            Skip = "Looks at what only Linux has (memfd, mmap, /proc/self, vectored calls).";
    }
}
