namespace Lodge.Memory;

/// <summary>A report of denied accesses.</summary>
/// <param name="Fault">The access and what was wrong with it.</param>
/// <param name="Unreported">How many accesses were denied since the last report without one of their own, because they came
/// faster than <see cref="AuditLimits"/> allow.</param>
public readonly record struct AccessDenial(AccessFault Fault, long Unreported);
