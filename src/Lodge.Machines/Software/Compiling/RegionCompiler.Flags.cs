using System.Reflection.Emit;
using Iced.Intel;

namespace Lodge.Machines;

/// <content>Flags: noted, and done where somebody looks.</content>
internal sealed partial class RegionCompiler
{
    // Since the block's beginning, or since the processor's own flags were brought up to date.
    private readonly List<FlagAction> _flags = [];

    private void Note(in FlagAction action)
    {
        if (action.IsWhole)
            _flags.Clear();

        _flags.Add(action);
    }

    /// <summary>Brings the processor's own flags up to date.</summary>
    private void ApplyFlags()
    {
        Apply([.. _flags]);
        _flags.Clear();
    }

    private void Apply(FlagAction[] actions)
    {
        foreach (FlagAction action in actions)
            Apply(action);
    }

    private void Apply(in FlagAction action)
    {
        // Those of the usual instructions are four stores.
        FlagsKind? kind = action.Kind switch
        {
            FlagActionKind.Add or FlagActionKind.AddWithCarry => FlagsKind.Add,
            FlagActionKind.Subtract => FlagsKind.Subtract,
            FlagActionKind.SubtractWithBorrow => FlagsKind.Borrow,
            FlagActionKind.Logic => FlagsKind.Result,
            _ => null,
        };
        if (kind is { } simple)
        {
            int log = System.Numerics.BitOperations.Log2((uint)action.Bytes);
            StoreField(ProcessorFields.FlagsResult, action.Result, action.Bytes);
            if (action.Kind == FlagActionKind.Logic)
            {
                _il.Emit(OpCodes.Ldarg_1);
                _il.Emit(OpCodes.Ldc_I8, 0L);
                _il.Emit(OpCodes.Stfld, ProcessorFields.FlagsB);
            }
            else
            {
                StoreField(ProcessorFields.FlagsA, action.A!, action.Bytes);
                StoreField(ProcessorFields.FlagsB, action.B!, action.Bytes);
            }

            _il.Emit(OpCodes.Ldarg_1);
            _il.Emit(OpCodes.Ldc_I4, (int)simple | log);
            _il.Emit(OpCodes.Stfld, ProcessorFields.FlagsState);
            return;
        }

        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Ldc_I4, (int)action.Kind);
        _il.Emit(OpCodes.Ldc_I4, action.Bytes);
        LoadWide(action.A, action.Bytes);
        LoadWide(action.B, action.Bytes);
        LoadWide(action.Result, action.Bytes);
        _il.Emit(OpCodes.Ldc_I4, action.Count);
        _il.Emit(OpCodes.Call, ProcessorMethods.ApplyFlags);
    }

    private void StoreField(System.Reflection.FieldInfo field, LocalBuilder value, int bytes)
    {
        _il.Emit(OpCodes.Ldarg_1);
        LoadWide(value, bytes);
        _il.Emit(OpCodes.Stfld, field);
    }

    private void LoadWide(LocalBuilder? local, int bytes)
    {
        if (local is null)
        {
            _il.Emit(OpCodes.Ldc_I8, 0L);
            return;
        }

        _il.Emit(OpCodes.Ldloc, local);
        if (bytes < 8)
            _il.Emit(OpCodes.Conv_U8);
    }

    /// <summary>Puts CF on the stack, as an integer of 0 or 1.</summary>
    private void LoadCarry()
    {
        if (_flags.Count == 1)
        {
            FlagAction last = _flags[0];
            switch (last.Kind)
            {
                case FlagActionKind.Add:
                    Compare(last.Result, last.A!, OpCodes.Clt_Un);
                    return;
                case FlagActionKind.Subtract:
                    Compare(last.A!, last.B!, OpCodes.Clt_Un);
                    return;
                case FlagActionKind.Logic:
                    _il.Emit(OpCodes.Ldc_I4_0);
                    return;
                case FlagActionKind.AddWithCarry or FlagActionKind.SubtractWithBorrow:
                    LoadCarryOfChain(last);
                    return;
                case FlagActionKind.Product:
                    CompareWithZero(last.A!, last.Bytes, OpCodes.Ceq, isNegated: true);
                    return;
            }
        }

        ApplyFlags();
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Call, ProcessorMethods.Carry);
        _il.Emit(OpCodes.Conv_I4);
    }

    // The carry out of each bit, of which the highest is wanted: of a sum (a & b) | ((a | b) & ~r), of a difference with ~a for
    // a.
    private void LoadCarryOfChain(in FlagAction action)
    {
        bool isSum = action.Kind == FlagActionKind.AddWithCarry;
        LocalBuilder a = action.A!;
        LoadMinuend();
        _il.Emit(OpCodes.Ldloc, action.B!);
        _il.Emit(OpCodes.And);
        LoadMinuend();
        _il.Emit(OpCodes.Ldloc, action.B!);
        _il.Emit(OpCodes.Or);
        _il.Emit(OpCodes.Ldloc, action.Result);
        if (isSum)
            _il.Emit(OpCodes.Not);

        _il.Emit(OpCodes.And);
        _il.Emit(OpCodes.Or);
        _il.Emit(OpCodes.Ldc_I4, (8 * action.Bytes) - 1);
        _il.Emit(OpCodes.Shr_Un);
        if (action.Bytes == 8)
            _il.Emit(OpCodes.Conv_I4);

        _il.Emit(OpCodes.Ldc_I4_1);
        _il.Emit(OpCodes.And);

        void LoadMinuend()
        {
            _il.Emit(OpCodes.Ldloc, a);
            if (!isSum)
                _il.Emit(OpCodes.Not);
        }
    }

    /// <summary>Puts a condition on the stack, as an integer of 0 or 1.</summary>
    private void LoadCondition(ConditionCode condition)
    {
        if (_flags.Count > 0 && TryLoadCondition(_flags[^1], condition))
            return;

        ApplyFlags();
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Ldc_I4, (int)(condition - ConditionCode.o));
        _il.Emit(OpCodes.Call, ProcessorMethods.Holds);
    }

    private bool TryLoadCondition(in FlagAction last, ConditionCode condition)
    {
        // Only the result says something of ZF and SF; rotations leave them.
        if (last.Kind is FlagActionKind.RotateLeft or FlagActionKind.RotateRight or FlagActionKind.Product)
            return false;

        switch (condition)
        {
            case ConditionCode.e or ConditionCode.ne when last.Kind == FlagActionKind.Subtract:
                Compare(last.A!, last.B!, OpCodes.Ceq, isNegated: condition == ConditionCode.ne);
                return true;
            case ConditionCode.e or ConditionCode.ne:
                CompareWithZero(last.Result, last.Bytes, OpCodes.Ceq, isNegated: condition == ConditionCode.ne);
                return true;
            case ConditionCode.s or ConditionCode.ns:
                CompareSignedWithZero(last, OpCodes.Clt, isNegated: condition == ConditionCode.ns);
                return true;
        }

        return last.Kind switch
        {
            FlagActionKind.Subtract => TryLoadComparison(last, condition),
            FlagActionKind.Logic => TryLoadLogicCondition(last, condition),
            FlagActionKind.Add when condition is ConditionCode.b or ConditionCode.ae => Compared(
                last.Result, last.A!, OpCodes.Clt_Un, condition == ConditionCode.ae),
            _ => false,
        };
    }

    private bool TryLoadComparison(in FlagAction last, ConditionCode condition)
    {
        switch (condition)
        {
            case ConditionCode.b:
                return Compared(last.A!, last.B!, OpCodes.Clt_Un, isNegated: false);
            case ConditionCode.ae:
                return Compared(last.A!, last.B!, OpCodes.Clt_Un, isNegated: true);
            case ConditionCode.a:
                return Compared(last.A!, last.B!, OpCodes.Cgt_Un, isNegated: false);
            case ConditionCode.be:
                return Compared(last.A!, last.B!, OpCodes.Cgt_Un, isNegated: true);
            case ConditionCode.l or ConditionCode.ge:
                LoadSigned(last.A!, last.Bytes);
                LoadSigned(last.B!, last.Bytes);
                Finish(OpCodes.Clt, isNegated: condition == ConditionCode.ge);
                return true;
            case ConditionCode.g or ConditionCode.le:
                LoadSigned(last.A!, last.Bytes);
                LoadSigned(last.B!, last.Bytes);
                Finish(OpCodes.Cgt, isNegated: condition == ConditionCode.le);
                return true;
            default:
                return false;
        }
    }

    private bool TryLoadLogicCondition(in FlagAction last, ConditionCode condition)
    {
        switch (condition)
        {
            case ConditionCode.b or ConditionCode.o:
                _il.Emit(OpCodes.Ldc_I4_0);
                return true;
            case ConditionCode.ae or ConditionCode.no:
                _il.Emit(OpCodes.Ldc_I4_1);
                return true;
            case ConditionCode.be or ConditionCode.a:
                CompareWithZero(last.Result, last.Bytes, OpCodes.Ceq, isNegated: condition == ConditionCode.a);
                return true;
            case ConditionCode.l or ConditionCode.ge:
                CompareSignedWithZero(last, OpCodes.Clt, isNegated: condition == ConditionCode.ge);
                return true;
            case ConditionCode.g or ConditionCode.le:
                CompareSignedWithZero(last, OpCodes.Cgt, isNegated: condition == ConditionCode.le);
                return true;
            default:
                return false;
        }
    }

    private bool Compared(LocalBuilder a, LocalBuilder b, OpCode comparison, bool isNegated)
    {
        Compare(a, b, comparison, isNegated);
        return true;
    }

    private void Compare(LocalBuilder a, LocalBuilder b, OpCode comparison, bool isNegated = false)
    {
        _il.Emit(OpCodes.Ldloc, a);
        _il.Emit(OpCodes.Ldloc, b);
        Finish(comparison, isNegated);
    }

    private void CompareWithZero(LocalBuilder value, int bytes, OpCode comparison, bool isNegated)
    {
        _il.Emit(OpCodes.Ldloc, value);
        LoadZero(bytes);
        Finish(comparison, isNegated);
    }

    private void CompareSignedWithZero(in FlagAction action, OpCode comparison, bool isNegated)
    {
        LoadSigned(action.Result, action.Bytes);
        LoadZero(action.Bytes);
        Finish(comparison, isNegated);
    }

    private void LoadZero(int bytes)
    {
        if (bytes == 8)
            _il.Emit(OpCodes.Ldc_I8, 0L);
        else
            _il.Emit(OpCodes.Ldc_I4_0);
    }

    private void LoadSigned(LocalBuilder value, int bytes)
    {
        _il.Emit(OpCodes.Ldloc, value);
        if (bytes == 1)
            _il.Emit(OpCodes.Conv_I1);
        else if (bytes == 2)
            _il.Emit(OpCodes.Conv_I2);
    }

    private void Finish(OpCode comparison, bool isNegated)
    {
        _il.Emit(comparison);
        if (!isNegated)
            return;

        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Emit(OpCodes.Ceq);
    }

    /// <summary>Whether somebody may look at the flags that a block begins with: it reads them, or can be left, before it sets
    /// them.</summary>
    private bool NeedsFlags(int block)
    {
        foreach (RegionInstruction instruction in _code[block])
        {
            if (instruction.EndsBlock || MayStop(instruction.Code) || instruction.Code.RflagsRead != RflagsBits.None)
                return true;

            const RflagsBits All = RflagsBits.CF | RflagsBits.PF | RflagsBits.AF | RflagsBits.ZF | RflagsBits.SF | RflagsBits.OF;
            if ((instruction.Code.RflagsModified & All) == All && IsWholeForCompiler(instruction.Code))
                return false;
        }

        return true;
    }

    /// <summary>Whether the noted action replaces all that was noted before.</summary>
    private static bool IsWholeForCompiler(in Instruction code)
        => code.Mnemonic is Mnemonic.Add or Mnemonic.Sub or Mnemonic.Cmp or Mnemonic.And or Mnemonic.Or or Mnemonic.Xor
            or Mnemonic.Test or Mnemonic.Neg;

    /// <summary>Whether the region can be left at an instruction.</summary>
    private static bool MayStop(in Instruction code)
    {
        if (code.Mnemonic is Mnemonic.Push or Mnemonic.Pop or Mnemonic.Leave)
            return true;

        if (code.Mnemonic == Mnemonic.Lea)
            return false;

        for (int operand = 0; operand < code.OpCount; operand++)
        {
            if (code.GetOpKind(operand) >= OpKind.MemorySegSI)
                return true;
        }

        return !IsCompiled(code);
    }
}
