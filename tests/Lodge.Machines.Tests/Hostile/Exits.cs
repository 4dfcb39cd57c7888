namespace Lodge.Machines.Tests;

/// <summary>Exits as they are expected.</summary>
internal static class Exits
{
    public static VmExit In(ushort port, int size) => new() { Kind = VmExitKind.PortIn, Port = port, Size = size };

    public static VmExit Out(ushort port, int size, ulong value)
        => new() { Kind = VmExitKind.PortOut, Port = port, Size = size, Value = value };

    public static VmExit Read(ulong address, int size) => new() { Kind = VmExitKind.MmioRead, Address = address, Size = size };

    public static VmExit Write(ulong address, int size, ulong value)
        => new() { Kind = VmExitKind.MmioWrite, Address = address, Size = size, Value = value };
}
