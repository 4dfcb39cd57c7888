namespace Lodge.Machines.Tests;

/// <summary>What the programs in <c>guests/bare</c> say through I/O ports; <c>bare.h</c> has the other side.</summary>
internal static class BarePorts
{
    public const ushort Console = 0xE9;
    public const ushort ResultLow = 0x500;
    public const ushort ResultHigh = 0x504;
    public const ushort Exception = 0x508;
    public const ushort Done = 0x50C;
    public const ushort AskForInterrupt = 0x510;
}
