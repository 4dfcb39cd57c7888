using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace Lodge.Memory;

/// <summary>Where every denied access is counted and reported, once, by whoever made the fault.</summary>
internal static class DeniedAccesses
{
    private static readonly Meter Meter = new("Lodge.Memory");

    private static readonly Counter<long> Counter = Meter.CreateCounter<long>(
        "lodge.memory.denied_accesses", unit: "{access}", description: "Accesses to guest memory that ended in a fault.");

    private static readonly string[] KindNames = Enum.GetNames<FaultKind>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Report(AccessAuditor? auditor, in AccessFault fault)
    {
        if (Counter.Enabled || auditor is not null)
            ReportSlow(auditor, fault);
    }

    /// <summary>Counts and reports a fault that an operation on a space found and the space itself did not; hands it
    /// back.</summary>
    public static AccessFault Found(object space, in AccessFault fault)
    {
        Report((space as IAudited)?.Auditor, fault);
        return fault;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ReportSlow(AccessAuditor? auditor, in AccessFault fault)
    {
        if (Counter.Enabled)
            Counter.Add(1, new KeyValuePair<string, object?>("kind", KindNames[(int)fault.Kind]));

        auditor?.OnDenied(fault);
    }
}
