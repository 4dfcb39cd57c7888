using System.Runtime.CompilerServices;
using Xunit;

namespace Lodge.EndToEnd.Tests;

/// <summary>A fact about a kernel that QEMU boots; skipped where something for that is missing, with what it is.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class QemuFactAttribute : FactAttribute
{
    public QemuFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
        => Skip = BootFiles.MissingReason;
}
