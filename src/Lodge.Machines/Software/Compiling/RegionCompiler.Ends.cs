using System.Reflection.Emit;
using Iced.Intel;
using Label = System.Reflection.Emit.Label;

namespace Lodge.Machines;

/// <content>The ends of blocks, and the ways from one to the next.</content>
internal sealed partial class RegionCompiler
{
    private const int MostReturns = 8;

    // Of an address with four levels of page tables, which repeat the one below them.
    private const int UpperBits = 16;

    private void EmitEnd(in Instruction code)
    {
        if (code.IsJccShortOrNear)
        {
            LoadCondition(code.ConditionCode);
            Label taken = _il.DefineLabel();
            FlagAction[] flags = [.. _flags];
            _il.Emit(OpCodes.Brtrue, taken);
            EmitEdge(code.NextIP);

            // Both ways begin with what was noted before the branch.
            _flags.Clear();
            _flags.AddRange(flags);
            _il.MarkLabel(taken);
            EmitEdge(code.NearBranchTarget);
            return;
        }

        if (code.IsJmpShortOrNear)
        {
            EmitEdge(code.NearBranchTarget);
            return;
        }

        if (code.IsCallNear)
        {
            LoadConstant(code.NextIP);
            EmitPush(code, StoreNew(8));
            EmitEdge(code.NearBranchTarget);
            return;
        }

        if (code.Code == Code.Retnq)
        {
            EmitReturn(code);
            return;
        }

        // What the interpreter does better: it is told to begin with this instruction.
        ApplyFlags();
        EmitCountBack(1);
        LeaveTo(code.IP, BlockExit.Jumped);
    }

    /// <summary>Goes to a block of the region, or leaves it.</summary>
    private void EmitEdge(ulong target)
    {
        if (!_numbers.TryGetValue(target, out int number))
        {
            Label leave = _il.DefineLabel();
            FlagAction[] flags = [.. _flags];
            _il.Emit(OpCodes.Br, leave);
            _cold.Add(() =>
            {
                _il.MarkLabel(leave);
                Apply(flags);
                LeaveTo(target, BlockExit.Jumped);
            });
            return;
        }

        if (number <= _block)
            EmitLookUp(target);

        if (NeedsFlags(number))
            ApplyFlags();

        _il.Emit(OpCodes.Br, _labels[number]);
    }

    /// <summary>Leaves the region where the processor is to look up from its work. Every loop has one of these.</summary>
    private void EmitLookUp(ulong target)
    {
        Label attend = _il.DefineLabel();
        FlagAction[] flags = [.. _flags];
        _il.Emit(OpCodes.Ldloc, _executed);
        _il.Emit(OpCodes.Ldc_I4, _region.LongestPath);
        _il.Emit(OpCodes.Conv_I8);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Volatile);
        _il.Emit(OpCodes.Ldfld, ProcessorFields.AttentionAt);
        _il.Emit(OpCodes.Bgt_Un, attend);
        _cold.Add(() =>
        {
            _il.MarkLabel(attend);
            Apply(flags);
            LeaveTo(target, BlockExit.Jumped);
        });
    }

    private void EmitReturn(in Instruction code)
    {
        LocalBuilder stack = LocalOf(Register.RSP);
        _il.Emit(OpCodes.Ldloc, stack);
        LocalBuilder address = StoreNew(8);
        LoadMemory(code, address, 8);
        LocalBuilder target = StoreNew(8);

        // An address that is none is the interpreter's affair.
        Label unusual = _il.DefineLabel();
        FlagAction[] flags = [.. _flags];
        ulong place = code.IP;
        _il.Emit(OpCodes.Ldloc, target);
        _il.Emit(OpCodes.Ldc_I4, UpperBits);
        _il.Emit(OpCodes.Shl);
        _il.Emit(OpCodes.Ldc_I4, UpperBits);
        _il.Emit(OpCodes.Shr);
        _il.Emit(OpCodes.Ldloc, target);
        _il.Emit(OpCodes.Bne_Un, unusual);
        _cold.Add(() =>
        {
            _il.MarkLabel(unusual);
            Apply(flags);
            EmitCountBack(1);
            LeaveTo(place, BlockExit.Jumped);
        });

        MoveStack(address, 8);
        ApplyFlags();
        int returns = 0;
        for (int block = 0; block < _code.Count && returns < MostReturns; block++)
        {
            // Behind the calls of the region.
            Instruction last = _code[block][^1].Code;
            if (!last.IsCallNear || !_numbers.TryGetValue(last.NextIP, out int number))
                continue;

            returns++;
            Label other = _il.DefineLabel();
            _il.Emit(OpCodes.Ldloc, target);
            LoadConstant(last.NextIP);
            _il.Emit(OpCodes.Bne_Un, other);
            if (number <= _block)
                EmitLookUp(last.NextIP);

            _il.Emit(OpCodes.Br, _labels[number]);
            _il.MarkLabel(other);
        }

        _il.Emit(OpCodes.Ldloc, target);
        _il.Emit(OpCodes.Stloc, _rip);
        Leave(BlockExit.Jumped);
    }
}
