using System.Globalization;

namespace Lodge.Machines;

/// <summary>Why a vCPU stopped, with what is needed to serve the guest.</summary>
public readonly record struct VmExit
{
    /// <summary>Why.</summary>
    public VmExitKind Kind { get; init; }

    /// <summary>How many bytes are read or written: 1, 2 or 4 at a port, 1 to 8 at an address.</summary>
    public int Size { get; init; }

    /// <summary>The port, for <see cref="VmExitKind.PortIn"/> and <see cref="VmExitKind.PortOut"/>.</summary>
    public ushort Port { get; init; }

    /// <summary>The guest-physical address, for <see cref="VmExitKind.MmioRead"/> and <see cref="VmExitKind.MmioWrite"/>; the
    /// instruction's guest-virtual address for <see cref="VmExitKind.Debug"/>.</summary>
    public GuestAddress Address { get; init; }

    /// <summary>What was written, in the lowest <see cref="Size"/> bytes; for <see cref="VmExitKind.Debug"/> the bits that DR6
    /// would have.</summary>
    public ulong Value { get; init; }

    /// <summary>The facts, for <see cref="VmExitKind.InternalError"/> and <see cref="VmExitKind.Shutdown"/>.</summary>
    public string? Reason { get; init; }

    /// <summary>The exit as a sentence, as <c>port out 0x3f8, 1 byte: 0x41</c>.</summary>
    public override string ToString() => Kind switch
    {
        VmExitKind.PortIn => $"port in {Hex(Port)}, {Bytes}",
        VmExitKind.PortOut => $"port out {Hex(Port)}, {Bytes}: {Hex(Value)}",
        VmExitKind.MmioRead => $"read of {Address}, {Bytes}",
        VmExitKind.MmioWrite => $"write to {Address}, {Bytes}: {Hex(Value)}",
        VmExitKind.Debug => $"debug at {Address}, DR6 {Hex(Value)}",
        VmExitKind.Shutdown => Described("shutdown"),
        VmExitKind.InternalError => Described("internal error"),
        VmExitKind.InstructionLimit => "instruction limit",
        VmExitKind.Halt => "halt",
        VmExitKind.Cancelled => "cancelled",
        _ => "none",
    };

    private string Bytes => Size == 1 ? "1 byte" : $"{Size} bytes";

    private string Described(string what) => Reason is null ? what : $"{what}: {Reason}";

    private static string Hex(ulong value) => string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");
}
