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

    /// <summary>Counts a fault that no space made, and hands it back.</summary>
    public static AccessFault Count(in AccessFault fault)
    {
        Report(null, fault);
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
