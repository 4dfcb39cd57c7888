using System.Runtime.CompilerServices;
using Xunit;

namespace Lodge.Machines.Tests;

/// <summary>A fact about machines of KVM; skipped where there is no KVM, with the reason.</summary>
/// <remarks>Skipped before it begins: a test that skips itself does it by throwing, which runs under Wine do not
/// survive.</remarks>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KvmFactAttribute : FactAttribute
{
    public KvmFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
        => Skip = Machines.Kvm.MissingBecause;
}
