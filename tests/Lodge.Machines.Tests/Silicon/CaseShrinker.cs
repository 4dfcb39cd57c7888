using Iced.Intel;

namespace Lodge.Machines.Tests.Silicon;

/// <summary>Takes away from a case whatever it does not need to fail.</summary>
internal static class CaseShrinker
{
    private const byte Nop = 0x90;

    /// <summary>The smallest case found for which <paramref name="fails"/> still holds.</summary>
    public static SiliconCase Shrink(SiliconCase item, Func<SiliconCase, bool> fails)
    {
        bool smaller = true;
        while (smaller)
        {
            smaller = false;
            foreach (SiliconCase candidate in Smaller(item))
            {
                bool isDefined = candidate.Instructions.Count == 1 || FlagDefinitions.Follow(candidate.Instructions) is not null;
                if (!isDefined || !fails(candidate))
                    continue;

                item = candidate;
                smaller = true;
                break;
            }
        }

        return item;
    }

    private static IEnumerable<SiliconCase> Smaller(SiliconCase item)
    {
        for (int i = 0; i < item.Instructions.Count && item.Instructions.Count > 1; i++)
        {
            if (!IsNop(item.Instructions[i]))
                yield return WithoutInstruction(item, i);
        }

        if (item.Instructions.Count > 1 && (IsNop(item.Instructions[0]) || IsNop(item.Instructions[^1])))
            yield return WithoutOuterNops(item);
        for (int i = 0; i < item.Patches.Count; i++)
            yield return item with { Patches = [.. item.Patches.Where((_, index) => index != i)] };
        if (item.Start.Rflags != SiliconLayout.UserFlags)
            yield return WithStart(item, start => start.Rflags = SiliconLayout.UserFlags);
        if (item.Start.Fpu.Mxcsr != FpuRegisters.InitialMxcsr)
            yield return WithStart(item, start => start.Fpu.Mxcsr = FpuRegisters.InitialMxcsr);
        for (int i = 0; i < 16; i++)
        {
            int register = i;
            if (item.Start.General[register] != 0)
                yield return WithStart(item, start => start.General[register] = 0);
            FpuRegisters fpu = item.Start.Fpu;
            if (fpu.Xmm[register] != 0)
                yield return WithStart(item, start => start.Fpu.Xmm[register] = 0);
        }
    }

    private static bool IsNop(in Instruction instruction) => instruction.Code == Code.Nopd;

    private static SiliconCase WithoutOuterNops(SiliconCase item)
    {
        int first = 0;
        while (first < item.Instructions.Count - 1 && IsNop(item.Instructions[first]))
            first++;
        int last = item.Instructions.Count - 1;
        while (last > first && IsNop(item.Instructions[last]))
            last--;

        Instruction[] instructions = [.. item.Instructions.Skip(first).Take(last - first + 1)];
        ProcessorState start = item.Start.Clone();
        start.Rip = instructions[0].IP;
        var offset = (int)(start.Rip - item.CodeAddress);
        return item with
        {
            Start = start,
            CodeOffset = item.CodeOffset + offset,
            Code = item.Code[offset..(int)(instructions[^1].NextIP - item.CodeAddress)],
            Instructions = instructions,
        };
    }

    // In its place are as many nops as it had bytes, so that nothing else moves.
    private static SiliconCase WithoutInstruction(SiliconCase item, int index)
    {
        byte[] code = [.. item.Code];
        var instructions = new List<Instruction>(item.Instructions);
        Instruction removed = instructions[index];
        var offset = (int)(removed.IP - item.CodeAddress);
        code.AsSpan(offset, removed.Length).Fill(Nop);
        instructions.RemoveAt(index);
        for (int i = 0; i < removed.Length; i++)
        {
            Instruction nop = FormEncoder.Decode([Nop], removed.IP + (ulong)i);
            instructions.Insert(index + i, nop);
        }

        return item with { Code = code, Instructions = instructions };
    }

    private static SiliconCase WithStart(SiliconCase item, Action<ProcessorState> change)
    {
        ProcessorState start = item.Start.Clone();
        change(start);
        return item with { Start = start };
    }
}
