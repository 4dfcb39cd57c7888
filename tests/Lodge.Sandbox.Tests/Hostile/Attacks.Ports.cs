namespace Lodge.Sandbox.Tests;

internal static partial class Attacks
{
    private static IEnumerable<Attack> Ports()
    {
        foreach (uint port in new uint[] { 0, 1, 0x20, 0x60, 0x80, 98, 100, 109, 0x3F8, 0xCF8, 0xCFC, 0xFFFF })
        {
            foreach (int size in new[] { 1, 2, 4 })
            {
                yield return new($"out to port {port}, {size} bytes", Outcomes.Crashed, "Out", port, 0x1234_5678u, size);
                yield return new($"in from port {port}, {size} bytes", Outcomes.Crashed, "In", port, size);
            }
        }

        foreach (uint port in new uint[] { 99, 101, 102, 103, 104, 105, 106, 107, 108 })
        {
            foreach (int size in new[] { 1, 2, 4 })
            {
                Outcomes expected = port switch
                {
                    99 or 101 or 108 => Outcomes.Crashed,
                    _ => Outcomes.Value,
                };
                yield return new($"out to port {port}, {size} bytes", expected, "Out", port, 0x4101u, size);
                yield return new($"in from port {port}, {size} bytes", Outcomes.Crashed, "In", port, size);
            }

            yield return new($"string out to port {port}", Outcomes.Any, "StringOut", port, 1000u);
        }

        yield return new("halt", Outcomes.Crashed, "Halt", true);
        yield return new("halt without interrupts", Outcomes.Crashed, "Halt", false);
        yield return new("triple fault", Outcomes.Crashed, "TripleFault");
        yield return new("fault without a stack", Outcomes.Crashed, "FaultWithoutStack");

        // Each delivery succeeds, and what is fetched then faults again.
        yield return new("fault with gates into nowhere", Outcomes.TimedOut, "FaultForever") { Timeout = Soon };
        yield return new("fault again and again", Outcomes.TimedOut, "FaultAgainAndAgain") { Timeout = Soon };
    }
}
