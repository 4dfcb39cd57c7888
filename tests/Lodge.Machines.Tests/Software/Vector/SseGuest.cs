using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Lodge.Machines.Tests;

/// <summary>A software CPU that executes one instruction again and again, each time with other registers.</summary>
/// <remarks>XMM0 is the usual destination and XMM1 the usual source; RBX leads to <see cref="Operand"/>.</remarks>
internal sealed class SseGuest : IDisposable
{
    public const ulong Operand = TinyGuest.DataAddress;

    public static readonly MemoryOperand InMemory = new(Register.RBX);

    private const ulong Handlers = 0x6000;
    private const ulong HandlerBytes = 16;
    private const int Vectors = 32;

    private readonly TinyGuest _guest;

    public SseGuest(params IEnumerable<Instruction> instructions)
    {
        _guest = new TinyGuest(
            new SoftwareEngine(),
            code =>
            {
                foreach (Instruction instruction in instructions)
                    code.AddInstruction(instruction);

                code.hlt();
            });
        for (int vector = 0; vector < Vectors; vector++)
            _guest.Load(Handlers + ((ulong)vector * HandlerBytes), code => code.hlt());

        _guest.InstallTables(
            Cpu, [.. Enumerable.Range(0, Vectors).Select(vector => (vector, Handlers + ((ulong)vector * HandlerBytes)))]);
        Registers = new GeneralRegisters { Rbx = Operand, Rsp = TinyGuest.StackTop, Rflags = GeneralRegisters.FixedFlags };
    }

    public IVirtualCpu Cpu => _guest.Cpu;

    public GuestMemory Memory => _guest.Machine.Memory.Current;

    /// <summary>The SSE registers and MXCSR before and after a run.</summary>
    public FpuRegisters State = FpuRegisters.Initial;

    /// <summary>The general registers before and after a run; RIP need not be set.</summary>
    public GeneralRegisters Registers;

    public Vector128<byte> this[int register]
    {
        get => Unsafe.BitCast<UInt128, Vector128<byte>>(State.Xmm[register]);
        set => State.Xmm[register] = Unsafe.BitCast<Vector128<byte>, UInt128>(value);
    }

    /// <summary>Runs the instruction.</summary>
    /// <returns>The vector of the exception that it raised, or nothing.</returns>
    public int? Run()
    {
        GeneralRegisters before = Registers;
        before.Rip = TinyGuest.CodeAddress;
        Cpu.Registers = before;
        Cpu.FpuRegisters = State;
        VmExit exit = Cpu.Run();
        if (exit.Kind != VmExitKind.Halt)
            throw new InvalidOperationException(exit.ToString());

        Registers = Cpu.Registers;
        State = Cpu.FpuRegisters;
        if (Registers.Rip < Handlers)
            return null;

        // Of what an exception leaves behind only the vector is wanted.
        ulong rip = Registers.Rip;
        Registers = before;
        return (int)((rip - Handlers) / HandlerBytes);
    }

    public void Write(Vector128<byte> value) => Memory.Write(Operand, Unsafe.BitCast<Vector128<byte>, UInt128>(value));

    public Vector128<byte> Read() => Unsafe.BitCast<UInt128, Vector128<byte>>(Memory.Read<UInt128>(Operand));

    public void Dispose() => _guest.Dispose();
}
