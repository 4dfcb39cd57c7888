using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

/// <summary>Pieces of which attacks are made.</summary>
internal static class AttackCode
{
    /// <summary>Sends RAX as the result; RDX is lost.</summary>
    public static void SendResult(this Assembler code)
    {
        code.mov(edx, BarePorts.ResultLow);
        code.@out(dx, eax);
        code.shr(rax, 32);
        code.mov(edx, BarePorts.ResultHigh);
        code.@out(dx, eax);
    }

    /// <summary>Loads IDTR or GDTR with a base and limit, by way of the stack.</summary>
    public static void PushTablePointer(this Assembler code, ulong address, ushort limit)
    {
        code.sub(rsp, 16);
        code.mov(__word_ptr[rsp], limit);
        code.mov(rax, address);
        code.mov(__qword_ptr[rsp + 2], rax);
    }

    /// <summary>Jumps to an address by a register.</summary>
    public static void JumpTo(this Assembler code, ulong address)
    {
        code.mov(rax, address);
        code.jmp(rax);
    }

    /// <summary>A far return of 64 bits, <c>retfq</c>.</summary>
    public static void FarReturn(this Assembler code) => code.db(0x48, 0xCB);
}
