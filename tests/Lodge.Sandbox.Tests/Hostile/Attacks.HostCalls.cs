namespace Lodge.Sandbox.Tests;

internal static partial class Attacks
{
    private static IEnumerable<Attack> HostCalls()
    {
        yield return new("host call", Outcomes.Value, "RawHostCall", Messages.Call("Add", GuestType.Int, 1, 2));
        yield return new(
            "host call of a function that fails", Outcomes.Value, "RawHostCall", Messages.Call("Fail", GuestType.Void));
        yield return new(
            "host call of what is not there", Outcomes.Value, "RawHostCall", Messages.Call("Nothing", GuestType.Void));
        foreach (int length in new[] { 255, 256, 257, 4096, 64 << 10 })
        {
            yield return new(
                $"host call of a name of {length} bytes",
                length <= 256 ? Outcomes.Value : Outcomes.Crashed,
                "RawHostCall",
                Messages.Call(new string('x', length), GuestType.Void))
            {
                Configure = LargeBuffers,
            };
        }

        GuestValue[][] wrong =
        [
            [], [1], [1, 2, 3], [1, "2"], ["1", 2], [1L, 2L], [1u, 2u], [1.0, 2.0], [true, false], [new byte[1], new byte[2]],
            [.. Enumerable.Repeat<GuestValue>(1, 16)],
        ];
        foreach (GuestValue[] arguments in wrong)
        {
            yield return new(
                $"host call with ({string.Join(", ", arguments.Select(static argument => argument.Type))})",
                Outcomes.Value,
                "RawHostCall",
                Messages.Call("Add", GuestType.Int, arguments));
        }

        foreach (int count in new[] { 17, 100 })
        {
            yield return new(
                $"host call with {count} arguments",
                Outcomes.Crashed,
                "RawHostCall",
                Messages.Call("Add", GuestType.Int, [.. Enumerable.Repeat<GuestValue>(1, count)]));
        }

        foreach (GuestType type in Enum.GetValues<GuestType>())
        {
            if (type != GuestType.Int)
            {
                yield return new(
                    $"host call that wants {type}", Outcomes.Value, "RawHostCall", Messages.Call("Add", type, 1, 2));
            }
        }

        foreach (ulong pointer in new ulong[] { 0, 7, 9, 0x3F00, 0x3FF8, 0x4000, 0x4001, ulong.MaxValue })
        {
            yield return new(
                $"host call with input stack pointer 0x{pointer:x}",
                Outcomes.Stopped,
                "HostCallInto",
                Messages.Call("Add", GuestType.Int, 1, 2),
                pointer);
        }

        foreach (byte level in new byte[] { 0, 5, 6, 7, 255 })
        {
            yield return new($"log of level {level}", Outcomes.Value, "RawLog", Messages.Log("text {0} {x}", level))
            {
                Configure = static options => options.Logger = new ListLogger(),
            };
        }

        yield return new("log that is a result", Outcomes.Any, "RawLog", Messages.Result("text"))
        {
            Configure = static options => options.Logger = new ListLogger(),
        };
    }

    private static IEnumerable<Attack> Endless()
    {
        byte[] add = Messages.Call("Add", GuestType.Int, 1, 2);
        byte[] none = Messages.Call("Nothing", GuestType.Void);
        yield return new("endless host calls", Outcomes.TimedOut, "EndlessHostCalls", add) { Timeout = Soon };
        yield return new("endless host calls of nothing", Outcomes.TimedOut, "EndlessHostCalls", none) { Timeout = Soon };
        yield return new("endless answers", Outcomes.Crashed, "EndlessAnswers", add);
        yield return new("endless logs", Outcomes.Crashed, "EndlessLogs", Messages.Log("text"));
        yield return new("endless prints", Outcomes.Crashed, "EndlessOuts", 103u, 0x41u)
        {
            // Each is an exit, of which there are engines with slow ones.
            Configure = static options => options.Limits = new SandboxLimits { PrintedBytesPerCall = 50_000 },
        };
        yield return new("endless prints of half characters", Outcomes.Crashed, "EndlessOuts", 103u, 0xF0u)
        {
            Configure = static options =>
            {
                options.Limits = new SandboxLimits { PrintedBytesPerCall = 50_000 };
                options.Output = TextWriter.Null;
            },
        };
        foreach (uint port in new uint[] { 104, 105, 106, 107 })
            yield return new($"endless outs to port {port}", Outcomes.TimedOut, "EndlessOuts", port, 1u) { Timeout = Soon };

        yield return new("endless abort of no bytes", Outcomes.TimedOut, "EndlessOuts", 102u, 0u) { Timeout = Soon };
        yield return new("endless abort of one byte", Outcomes.Aborted, "EndlessOuts", 102u, 0x4101u);
        yield return new("abort with a megabyte", Outcomes.Aborted, "RepeatedOuts", 102u, 0x4141_4103u, 1u << 20);
        yield return new("abort without an end", Outcomes.Value, "RepeatedOuts", 102u, 0x4141_4103u, 100u);
        foreach (uint piece in new[] { 0xFFFF_FFFFu, 0xFF01u, 0xFFu << 24 | 3, 0x00FF_0003u, 0xFF1E_0F03u, 0xFF15_0F03u })
            yield return new($"abort with garbage 0x{piece:x8}", Outcomes.Aborted, "EndlessOuts", 102u, piece);

        yield return new("endless loop", Outcomes.TimedOut, "Loop") { Timeout = Soon };
        yield return new("endless loop, cancelled", Outcomes.Cancelled, "Loop") { CancelAfter = Soon };
        yield return new("endless loop, no time at all", Outcomes.TimedOut, "Loop") { Timeout = TimeSpan.Zero };
        yield return new("endless host calls, cancelled", Outcomes.Cancelled, "EndlessHostCalls", add) { CancelAfter = Soon };
        yield return new("endless string", Outcomes.Any & ~Outcomes.Ready, "LongString") { Timeout = Soon };
        yield return new("code that changes itself", Outcomes.TimedOut, "ChangeCode") { Timeout = Soon };
        yield return new("endless recursion", Outcomes.Aborted, "Recurse", -1);
        yield return new("recursion", Outcomes.Value, "Recurse", 20);
    }
}
