using System.Runtime.CompilerServices;
using Xunit;

namespace Lodge.Machines.Tests;

/// <summary>A fact about machines of KVM; skipped where there is no KVM, with the reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KvmFactAttribute : FactAttribute
{
    public KvmFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
        => Skip = Machines.Kvm.MissingBecause;
}
