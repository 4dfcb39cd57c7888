using System.Runtime.CompilerServices;
using Xunit;

namespace Lodge.Machines.Tests;

/// <summary>A fact that builds guest programs; skipped where the compiler is missing, with what is.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ToolchainFactAttribute : FactAttribute
{
    public ToolchainFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
        => Skip = Toolchain.MissingReason;
}
