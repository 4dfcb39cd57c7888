namespace Lodge.Machines.Tests;

/// <summary>An exception or interrupt that a guest did not expect, as its handler reported it.</summary>
internal readonly record struct GuestException(int Vector, uint ErrorCode, ulong Rip, ulong Cr2)
{
    /// <summary>How many values of 32 bits a report has.</summary>
    public const int Values = 6;

    public static GuestException FromReport(ReadOnlySpan<uint> values)
        => new((int)values[0], values[1], values[2] | ((ulong)values[3] << 32), values[4] | ((ulong)values[5] << 32));

    public override string ToString() => $"vector {Vector}, error 0x{ErrorCode:x}, RIP 0x{Rip:x}, CR2 0x{Cr2:x}";
}
