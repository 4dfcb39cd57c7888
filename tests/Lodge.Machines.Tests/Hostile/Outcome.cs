using Xunit;

namespace Lodge.Machines.Tests;

/// <summary>How an attack has to end.</summary>
/// <param name="Text">In words.</param>
/// <param name="IsMet">Whether it ended so. Asked for engines that do exactly what a processor does.</param>
internal sealed record Outcome(string Text, Func<HostileGuest, BareRun, bool> IsMet)
{
    /// <summary>At the halt behind the attack, as if nothing were.</summary>
    public static Outcome Passes { get; } = new(
        "it passes", (_, run) => run is { End.Kind: VmExitKind.Halt, Exception: null });

    public static Outcome ShutsDown { get; } = new("it shuts down", (_, run) => run.End.Kind == VmExitKind.Shutdown);

    /// <summary>Only cancelling ends it.</summary>
    public static Outcome RunsOn { get; } = new("it runs on", (_, run) => run.End.Kind == VmExitKind.Cancelled);

    /// <summary>With so many exits that the host has had enough.</summary>
    public static Outcome Floods { get; } = new(
        "it floods the host", (guest, _) => guest.OtherExits.Count == HostileGuest.MostOtherExits);

    /// <summary>In any way but by being cancelled: what happens is the engine's to say, but it says something.</summary>
    public static Outcome EndsSomehow { get; } = new("it ends", (_, run) => run.End.Kind != VmExitKind.Cancelled);

    /// <summary>With an exception that the guest's handler reports.</summary>
    public static Outcome Raises(int vector, uint? error = null, ulong? cr2 = null) => new(
        $"it raises vector {vector}, error {error?.ToString("x") ?? "any"}, CR2 {cr2?.ToString("x") ?? "any"}",
        (_, run) => run.Exception is GuestException exception && exception.Vector == vector
            && (error is null || exception.ErrorCode == error) && (cr2 is null || exception.Cr2 == cr2));

    /// <summary>At the halt, after these exits and no others.</summary>
    public static Outcome PassesAfter(params VmExit[] exits) => new(
        $"it passes after {string.Join("; ", exits)}",
        (guest, run) => Passes.IsMet(guest, run) && guest.OtherExits.SequenceEqual(exits));

    /// <summary>At the halt, with the result that the guest sends through the ports for one.</summary>
    public static Outcome Returns(ulong result) => new(
        $"it returns 0x{result:x}", (guest, run) => Passes.IsMet(guest, run) && run.Result == result);

    public Outcome And(Outcome other) => new(
        $"{Text} and {other.Text}", (guest, run) => IsMet(guest, run) && other.IsMet(guest, run));

    public Outcome Or(Outcome other) => new(
        $"{Text} or {other.Text}", (guest, run) => IsMet(guest, run) || other.IsMet(guest, run));

    /// <summary>And the guest's memory has this value at an address.</summary>
    public Outcome AndMemory(ulong address, ulong value) => new(
        $"{Text}, and 0x{value:x} is at 0x{address:x}",
        (guest, run) => IsMet(guest, run) && guest.Memory.Read<ulong>(address) == value);

    public void Check(HostileGuest guest, BareRun run)
    {
        // Whoever is not exact still has to end, and leave the host alone, which the guest has seen to.
        if (guest.IsExact)
        {
            Assert.True(
                IsMet(guest, run),
                $"Expected that {Text}, and came: {run}; exits: {string.Join("; ", guest.OtherExits.Take(20))}; "
                    + $"registers {guest.Guest.Cpu.Registers}");
        }
    }
}
