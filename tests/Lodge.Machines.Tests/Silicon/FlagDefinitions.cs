using Iced.Intel;

namespace Lodge.Machines.Tests.Silicon;

/// <summary>Which flags are undefined before each instruction of a block, and at its end.</summary>
internal static class FlagDefinitions
{
    /// <summary>Follows the flags through a block, in which branches go forward, each over one instruction, and the last may go
    /// back to the beginning.</summary>
    /// <param name="instructions">The block.</param>
    /// <param name="cl">CL at the beginning, where the block is a single instruction.</param>
    /// <returns>The undefined flags before each instruction and, last, at the end; null where an instruction's result depends on
    /// flags that are undefined.</returns>
    public static ulong[]? Follow(IReadOnlyList<Instruction> instructions, byte? cl = null)
    {
        ulong[]? undefined = Follow(instructions, cl, 0);
        bool isLoop = instructions.Count > 1 && instructions[^1].IsJccShortOrNear
            && instructions[^1].NearBranchTarget == instructions[0].IP;
        return isLoop && undefined is not null ? Follow(instructions, cl, undefined[^1]) : undefined;
    }

    private static ulong[]? Follow(IReadOnlyList<Instruction> instructions, byte? cl, ulong atFirst)
    {
        var undefined = new ulong[instructions.Count + 1];
        undefined[0] = atFirst;
        for (int i = 0; i < instructions.Count; i++)
        {
            Instruction instruction = instructions[i];
            ulong before = undefined[i];
            if ((before & Read(instruction)) != 0)
                return null;

            ulong after = UndefinedFlags.After(instruction, cl);
            if (UndefinedFlags.MayLeaveAll(instruction))
                after |= before;
            else
                after |= before & ~UndefinedFlags.Mask(instruction.RflagsModified);

            bool mayBeSkipped = i > 0 && instructions[i - 1].IsJccShortOrNear;
            undefined[i + 1] = mayBeSkipped ? after | undefined[i - 1] : after;
        }

        return undefined;
    }

    private static ulong Read(in Instruction instruction)
    {
        if (instruction.Mnemonic is Mnemonic.Pushf or Mnemonic.Pushfq or Mnemonic.Lahf)
            return ControlBits.ArithmeticFlags;

        // Repeated string instructions that compare end by a flag of their own.
        return UndefinedFlags.Mask(instruction.RflagsRead);
    }
}
