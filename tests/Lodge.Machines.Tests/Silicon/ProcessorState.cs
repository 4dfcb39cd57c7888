using Iced.Intel;

namespace Lodge.Machines.Tests.Silicon;

/// <summary>The registers that a case begins or ends with.</summary>
internal sealed class ProcessorState
{
    /// <summary>The general registers, in the order of machine code: RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8 to R15.</summary>
    public ulong[] General { get; private init; } = new ulong[16];

    public ulong Rip { get; set; }

    public ulong Rflags { get; set; } = SiliconLayout.UserFlags;

    public FpuRegisters Fpu = FpuRegisters.Initial;

    public ulong this[Register register]
    {
        get => General[register.GetFullRegister().GetNumber()];
        set => General[register.GetFullRegister().GetNumber()] = value;
    }

    public ProcessorState Clone()
        => new() { General = [.. General], Rip = Rip, Rflags = Rflags, Fpu = Fpu };

    public GeneralRegisters ToGeneralRegisters() => new()
    {
        Rax = General[0],
        Rcx = General[1],
        Rdx = General[2],
        Rbx = General[3],
        Rsp = General[4],
        Rbp = General[5],
        Rsi = General[6],
        Rdi = General[7],
        R8 = General[8],
        R9 = General[9],
        R10 = General[10],
        R11 = General[11],
        R12 = General[12],
        R13 = General[13],
        R14 = General[14],
        R15 = General[15],
        Rip = Rip,
        Rflags = Rflags,
    };

    public static ProcessorState From(in GeneralRegisters general, in FpuRegisters fpu) => new()
    {
        General =
        [
            general.Rax, general.Rcx, general.Rdx, general.Rbx, general.Rsp, general.Rbp, general.Rsi, general.Rdi,
            general.R8, general.R9, general.R10, general.R11, general.R12, general.R13, general.R14, general.R15,
        ],
        Rip = general.Rip,
        Rflags = general.Rflags,
        Fpu = fpu,
    };
}
