using static Lodge.Machines.ControlBits;

namespace Lodge.Machines;

/// <summary>A string instruction: one step, or as many as RCX says.</summary>
internal readonly struct StringInstruction<TStep> : ISizedHandler where TStep : struct, IStringStep
{
    // Then it is begun again, so that a guest that repeats without end can be interrupted. In units of about 16 bytes copied.
    private const ulong MostWork = 1 << 15;
    private const ulong WorkOfOne = 16;

    private const int Equal = 4;

    public static BlockExit Execute<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        if (!TStep.MayBegin<TSize>(cpu, ref op))
            return BlockExit.Stopped;

        bool isDone = op.Extra == Repeat.No ? TStep.TryOne<TSize>(cpu, ref op) : TryRepeat<TSize>(cpu, ref op);
        return isDone ? MicroOp.Next(cpu, ref op) : BlockExit.Stopped;
    }

    private static bool TryRepeat<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        bool isNarrow = (op.Address & AddressTraits.Narrow) != 0;
        bool isPlain = !isNarrow && !cpu.StopsAtRepetitions && (cpu.SystemFlags & FlagDirection) == 0;
        ref ulong counter = ref cpu[RegisterFile.Rcx];
        for (ulong work = 0; (isNarrow ? (uint)counter : counter) != 0;)
        {
            if (work > (cpu.StopsAtRepetitions ? 0 : MostWork))
            {
                cpu.Stop(ref op, StopKind.Again);
                return false;
            }

            ulong done = isPlain ? TStep.Many<TSize>(cpu, ref op, counter) : 0;
            if (done == 0)
            {
                if (!TStep.TryOne<TSize>(cpu, ref op))
                    return false;

                done = 1;
                work += WorkOfOne;
                cpu.ForgetDeviceAccesses();
            }

            work += (done * (ulong)TSize.Bytes / 16) + 1;
            counter = isNarrow ? (uint)(counter - done) : counter - done;
            if (TStep.Compares && cpu.Holds(Equal) == (op.Extra == Repeat.WhileNotEqual))
                return true;
        }

        return true;
    }
}
