using Iced.Intel;

namespace Lodge.Machines.Tests.Silicon;

/// <summary>Where an instruction's operand in memory is.</summary>
internal static class OperandAddress
{
    /// <summary>The linear address of the operand that the ModRM byte names.</summary>
    public static ulong Of(in Instruction instruction, ProcessorState state)
    {
        ulong segment = instruction.SegmentPrefix switch
        {
            Register.FS => SiliconLayout.FsBase,
            Register.GS => SiliconLayout.GsBase,
            _ => 0,
        };
        if (instruction.IsIPRelativeMemoryOperand)
            return instruction.IPRelativeMemoryAddress + segment;

        Register baseRegister = instruction.MemoryBase;
        Register index = instruction.MemoryIndex;
        ulong address = instruction.MemoryDisplacement64;
        if (baseRegister != Register.None)
            address += state[baseRegister];
        if (index != Register.None)
            address += state[index] * (ulong)instruction.MemoryIndexScale;
        bool is32 = baseRegister.GetSize() == 4 || index.GetSize() == 4
            || (instruction.MemoryDisplSize == 4 && IsAbsolute(instruction));
        return (is32 ? (uint)address : address) + segment;
    }

    private static bool IsAbsolute(in Instruction instruction)
        => instruction.MemoryBase == Register.None && instruction.MemoryIndex == Register.None;
}
