namespace Lodge.Sandbox.Tests;

internal static partial class Attacks
{
    private static IEnumerable<Attack> Buffers()
    {
        ulong[] pointers =
        [
            0, 1, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 24, 0x3FFF, 0x4000, 0x4001, 0x4008, 0x8000, int.MaxValue, 0x8000_0000,
            uint.MaxValue, 1UL << 32, (1UL << 32) + 8, 1UL << 63, ulong.MaxValue - 7, ulong.MaxValue,
        ];
        foreach (ulong pointer in pointers)
        {
            yield return new($"output stack pointer 0x{pointer:x}", Outcomes.Crashed, "StackPointer", 1, pointer);
            yield return new($"input stack pointer 0x{pointer:x}", Outcomes.Crashed, "StackPointer", 0, pointer);
        }

        yield return new("output stack pointer 8: empty", Outcomes.Crashed, "StackPointer", 1, 8UL);
        foreach (long distance in new long[] { -8, -7, -1, 1, 4, 7, 8, 16 })
            yield return new($"stack pointer {distance} beside", Outcomes.Crashed, "StackPointerBeside", distance, false);

        foreach (long distance in new long[] { -9, -8, -1, 0, 1, 8 })
            yield return new($"stack pointer {distance} beside the end", Outcomes.Crashed, "StackPointerBeside", distance, true);

        ulong[] backs =
        [
            0, 1, 7, 9, 12, 15, 0x3FF8, 0x4000, 0x4001, uint.MaxValue, 1UL << 63, ulong.MaxValue - 8, ulong.MaxValue,
        ];
        foreach (ulong back in backs)
            yield return new($"back pointer 0x{back:x}", Outcomes.Crashed, "BackPointer", back);

        foreach (long distance in new long[] { -12, -8, -7, -4, -1, 0, 1, 4, 8, 16 })
            yield return new($"back pointer {distance} beside itself", Outcomes.Crashed, "BackPointerBeside", distance);

        uint[] prefixes = [0, 1, 3, 4, 7, 8, 0x4000, 0x7FFF_FFFC, 0x7FFF_FFFF, 0x8000_0000, uint.MaxValue - 3, uint.MaxValue];
        foreach (uint prefix in prefixes)
        {
            yield return new($"size prefix 0x{prefix:x}", Outcomes.Crashed, "SizePrefix", prefix);
            yield return new($"size prefix 0x{prefix:x} in a full buffer", Outcomes.Crashed, "FullBuffer", prefix);
        }

        foreach (uint prefix in new uint[] { 0x3FEB, 0x3FEC, 0x3FED, 0x3FF0 })
            yield return new($"size prefix 0x{prefix:x} in a full buffer", Outcomes.Crashed, "FullBuffer", prefix);

        foreach (int distance in new[] { 1, 4, 8 })
            yield return new($"size prefix {distance} too large", Outcomes.Crashed, "SizePrefixBeside", distance);

        yield return new("size prefix just so", Outcomes.Value, "SizePrefixBeside", 0);
        yield return new("call left behind", Outcomes.Crashed, "LeaveCall");
        yield return new("two results", Outcomes.Crashed, "TwoResults");
        yield return new("no result", Outcomes.Crashed, "NoResult");
        yield return new("result of another type", Outcomes.OtherType, "RawResult", Messages.Result(1.5));
        yield return new("result: bytes of nothing", Outcomes.Crashed, "RawResult", Array.Empty<byte>());
        yield return new("result: 8 KiB of zeros", Outcomes.Crashed, "RawResult", new byte[8 << 10]);
        foreach (byte kind in new byte[] { 0, 3, 11, 127, 255 })
        {
            yield return new($"result of kind {kind}", Outcomes.Crashed, "RawResult", WithKind(kind, level: 1));
            if (kind != 3)
                yield return new($"result of type {kind}", Outcomes.Crashed, "RawResult", WithKind(kind, level: 2));
        }

        yield return new("error with a code of 64 bits", Outcomes.Error, "RawResult", Messages.Error(ulong.MaxValue, "text"));
        yield return new("error with no code", Outcomes.Error, "RawResult", Messages.Error(0, ""));
        byte[] badText = Messages.Result("xxxx");
        badText.AsSpan().Replace((byte)'x', (byte)0xFF);
        yield return new("result of a text that is none", Outcomes.Crashed, "RawResult", badText);
    }

    /// <summary>A result with a wrong number: at level 1 that of value or error, at level 2 that of the value's type.</summary>
    private static byte[] WithKind(byte kind, int level)
    {
        byte[] message = Messages.Result(77);
        int table = 4 + BitConverter.ToInt32(message, 4);
        if (level == 2)
            table = table + 8 + BitConverter.ToInt32(message, table + 8);

        message[table + 4] = kind;
        return message;
    }
}
