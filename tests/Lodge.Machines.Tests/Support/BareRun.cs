namespace Lodge.Machines.Tests;

/// <summary>How a run of a <see cref="BareGuest"/> ended, and what it said.</summary>
/// <param name="End">The exit at which it ended.</param>
/// <param name="Result">The result, where the guest gave one.</param>
/// <param name="Exception">The exception that the guest did not expect, where there was one.</param>
/// <param name="Console">What it wrote.</param>
/// <param name="Exits">How many exits there were.</param>
internal sealed record BareRun(VmExit End, ulong? Result, GuestException? Exception, string Console, int Exits)
{
    public override string ToString()
        => $"{End} after {Exits} exits; result {(Result is null ? "none" : $"0x{Result:x}")}"
            + $"; exception {Exception?.ToString() ?? "none"}"
            + (Console.Length == 0 ? "" : $"; \"{Console}\"");
}
