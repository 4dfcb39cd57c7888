using System.Runtime.InteropServices;

namespace Lodge.Machines.Interop;

/// <summary><c>struct kvm_run</c>, as far as it is used: what the kernel and we tell each other about a vCPU's run.</summary>
/// <remarks>The exits' own structures overlap from offset 32 on; their fields carry the exit's name in front.</remarks>
[StructLayout(LayoutKind.Explicit, Size = 2352)]
internal unsafe struct kvm_run
{
    public const int ExitDataOffset = 32;
    public const int MostInternalErrorWords = 16;
    public const int MostInstructionBytes = 15;

    [FieldOffset(0)]
    public byte request_interrupt_window;

    [FieldOffset(1)]
    public byte immediate_exit;

    [FieldOffset(8)]
    public uint exit_reason;

    [FieldOffset(12)]
    public byte ready_for_interrupt_injection;

    [FieldOffset(13)]
    public byte if_flag;

    [FieldOffset(16)]
    public ulong cr8;

    [FieldOffset(24)]
    public ulong apic_base;

    [FieldOffset(32)]
    public ulong hw_hardware_exit_reason;

    [FieldOffset(32)]
    public ulong fail_entry_hardware_entry_failure_reason;

    [FieldOffset(40)]
    public uint fail_entry_cpu;

    [FieldOffset(32)]
    public byte io_direction;

    [FieldOffset(33)]
    public byte io_size;

    [FieldOffset(34)]
    public ushort io_port;

    [FieldOffset(36)]
    public uint io_count;

    [FieldOffset(40)]
    public ulong io_data_offset;

    [FieldOffset(32)]
    public uint debug_exception;

    [FieldOffset(40)]
    public ulong debug_pc;

    [FieldOffset(48)]
    public ulong debug_dr6;

    [FieldOffset(56)]
    public ulong debug_dr7;

    [FieldOffset(32)]
    public ulong mmio_phys_addr;

    [FieldOffset(40)]
    public ulong mmio_data;

    [FieldOffset(48)]
    public uint mmio_len;

    [FieldOffset(52)]
    public byte mmio_is_write;

    [FieldOffset(32)]
    public uint internal_suberror;

    [FieldOffset(36)]
    public uint internal_ndata;

    [FieldOffset(40)]
    public fixed ulong internal_data[MostInternalErrorWords];

    [FieldOffset(40)]
    public ulong emulation_failure_flags;

    [FieldOffset(48)]
    public byte emulation_failure_insn_size;

    [FieldOffset(49)]
    public fixed byte emulation_failure_insn_bytes[MostInstructionBytes];

    [FieldOffset(32)]
    public uint system_event_type;

    [FieldOffset(36)]
    public uint system_event_ndata;

    [FieldOffset(40)]
    public ulong system_event_data0;
}
