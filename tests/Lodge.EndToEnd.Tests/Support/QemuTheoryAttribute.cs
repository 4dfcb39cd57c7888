using System.Runtime.CompilerServices;
using Xunit;

namespace Lodge.EndToEnd.Tests;

/// <summary>A theory about a kernel that QEMU boots; skipped where something for that is missing, with what it is.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class QemuTheoryAttribute : TheoryAttribute
{
    public QemuTheoryAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
        => Skip = BootFiles.MissingReason;
}
