using System.Runtime.CompilerServices;
using Xunit;

namespace Lodge.Memory.Tests;

/// <summary>A fact about Linux; skipped elsewhere.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        if (!OperatingSystem.IsLinux())
            Skip = "Looks at what only Linux has (memfd, mmap, /proc/self, vectored calls).";
    }
}
