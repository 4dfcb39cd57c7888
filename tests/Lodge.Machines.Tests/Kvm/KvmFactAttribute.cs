using System.Runtime.CompilerServices;
using Xunit;

namespace Lodge.Machines.Tests;

/// <summary>A fact about machines of KVM; skipped where there is no KVM, or none that runs what the test needs, with the
/// reason.</summary>
/// <remarks>Skipped before it begins: a test that skips itself does it by throwing, which runs under Wine do not
/// survive.</remarks>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KvmFactAttribute : FactAttribute
{
    public KvmFactAttribute(
        KvmNeeds needs = KvmNeeds.Nothing,
        [CallerFilePath] string? sourceFilePath = null,
        [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
        => Skip = Missing(needs);

    private static string? Missing(KvmNeeds needs)
    {
        if (Machines.Kvm.MissingBecause is string missing)
            return missing;

        if (needs == KvmNeeds.Nothing)
            return null;

        EngineProbe probe = Machines.Kvm.Probe();
        (bool isThere, string what) = needs switch
        {
            KvmNeeds.Sse => (probe.RunsSse, "SSE"),
            KvmNeeds.SoftwareInterrupts => (probe.RunsSoftwareInterrupts, "software interrupts"),
            KvmNeeds.PageFaults => (probe.RunsPageFaults, "page faults through the guest's IDT"),
            _ => throw new ArgumentOutOfRangeException(nameof(needs)),
        };
        return isThere ? null : $"KVM here does not run {what} in ring 0: {string.Join(' ', probe.Remarks)}";
    }
}
