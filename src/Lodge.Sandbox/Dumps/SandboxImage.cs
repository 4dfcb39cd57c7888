using System.Buffers.Binary;
using Lodge.Dumps;

namespace Lodge.Sandbox;

/// <summary>A sandbox's machine as a dump has it.</summary>
internal sealed class SandboxImage : IMemoryImage
{
    // Where things lie in what fxsave writes (Intel SDM, volume 1, 10.5.1).
    private const int MxcsrMaskAt = 28;
    private const int StAt = 32;
    private const int XmmAt = 160;
    private const int RegisterBytes = 16;
    private const uint MxcsrMask = 0xFFFF;

    public SandboxImage(GuestMachine machine)
    {
        Memory = machine.Memory;
        Processors = [StateOf(machine.Cpu)];
    }

    public IAddressSpace Memory { get; }

    public IReadOnlyList<X64ProcessorState> Processors { get; }

    private static X64ProcessorState StateOf(IVirtualCpu cpu)
    {
        GeneralRegisters registers = cpu.Registers;
        SystemRegisters system = cpu.SystemRegisters;
        return new X64ProcessorState
        {
            Rax = registers.Rax,
            Rbx = registers.Rbx,
            Rcx = registers.Rcx,
            Rdx = registers.Rdx,
            Rsi = registers.Rsi,
            Rdi = registers.Rdi,
            Rsp = registers.Rsp,
            Rbp = registers.Rbp,
            R8 = registers.R8,
            R9 = registers.R9,
            R10 = registers.R10,
            R11 = registers.R11,
            R12 = registers.R12,
            R13 = registers.R13,
            R14 = registers.R14,
            R15 = registers.R15,
            Rip = registers.Rip,
            Rflags = registers.Rflags,
            Cs = system.Cs.Selector,
            Ds = system.Ds.Selector,
            Es = system.Es.Selector,
            Fs = system.Fs.Selector,
            Gs = system.Gs.Selector,
            Ss = system.Ss.Selector,
            FsBase = system.Fs.Base,
            GsBase = system.Gs.Base,
            Cr0 = system.Cr0,
            Cr2 = system.Cr2,
            Cr3 = system.Cr3,
            Cr4 = system.Cr4,
            Efer = system.Efer,
            GdtBase = system.Gdt.Base,
            GdtLimit = system.Gdt.Limit,
            IdtBase = system.Idt.Base,
            IdtLimit = system.Idt.Limit,
            Fpu = FpuOf(cpu.FpuRegisters),
        };
    }

    private static byte[] FpuOf(FpuRegisters registers)
    {
        var area = new byte[X64ProcessorState.FpuBytes];
        BinaryPrimitives.WriteUInt16LittleEndian(area, registers.ControlWord);
        BinaryPrimitives.WriteUInt16LittleEndian(area.AsSpan(2), registers.StatusWord);
        area[4] = registers.Tags;
        BinaryPrimitives.WriteUInt16LittleEndian(area.AsSpan(6), registers.Opcode);
        BinaryPrimitives.WriteUInt64LittleEndian(area.AsSpan(8), registers.InstructionPointer);
        BinaryPrimitives.WriteUInt64LittleEndian(area.AsSpan(16), registers.DataPointer);
        BinaryPrimitives.WriteUInt32LittleEndian(area.AsSpan(24), registers.Mxcsr);
        BinaryPrimitives.WriteUInt32LittleEndian(area.AsSpan(MxcsrMaskAt), MxcsrMask);
        WriteAll(area.AsSpan(StAt), registers.St);
        WriteAll(area.AsSpan(XmmAt), registers.Xmm);
        return area;
    }

    private static void WriteAll(Span<byte> destination, ReadOnlySpan<UInt128> values)
    {
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteUInt128LittleEndian(destination[(i * RegisterBytes)..], values[i]);
    }
}
