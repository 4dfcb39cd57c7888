using System.Reflection.Emit;
using Iced.Intel;
using FlowControl = Iced.Intel.FlowControl;

namespace Lodge.Machines;

/// <content>The instructions that are compiled.</content>
internal sealed partial class RegionCompiler
{
    /// <summary>Whether an instruction is compiled, and not done by the interpreter's code.</summary>
    private static bool IsCompiled(in Instruction code)
    {
        if (code.HasLockPrefix)
            return false;

        switch (code.Mnemonic)
        {
            case Mnemonic.Mov:
                return IsOfGeneralRegisters(code) && code.Op1Kind != OpKind.Immediate64 || code.Code == Code.Mov_r64_imm64;
            case Mnemonic.Add or Mnemonic.Sub or Mnemonic.Cmp or Mnemonic.And or Mnemonic.Or or Mnemonic.Xor or Mnemonic.Test
                or Mnemonic.Adc or Mnemonic.Sbb or Mnemonic.Inc or Mnemonic.Dec or Mnemonic.Neg or Mnemonic.Not
                or Mnemonic.Lea or Mnemonic.Movzx or Mnemonic.Movsx or Mnemonic.Movsxd or Mnemonic.Nop or Mnemonic.Endbr64
                or Mnemonic.Cdqe or Mnemonic.Cwde or Mnemonic.Cdq or Mnemonic.Cqo:
                return true;
            case Mnemonic.Shl or Mnemonic.Shr or Mnemonic.Sar or Mnemonic.Rol or Mnemonic.Ror:
                return code.Op0Kind == OpKind.Register && code.Op0Register.GetSize() >= 4 && code.Op1Kind != OpKind.Register
                    && CountOf(code) != 0;
            case Mnemonic.Imul:
                return code.OpCount > 1 && code.Op0Register.GetSize() >= 4;
            case Mnemonic.Mul:
                return SizeOf(code, 0) == 8;
            case Mnemonic.Bswap:
                return code.Op0Register.GetSize() >= 4;
            case Mnemonic.Xchg:
                return code.Op0Kind == OpKind.Register && code.Op0Register.GetSize() == 8;
            case Mnemonic.Push or Mnemonic.Pop:
                return code.Op0Kind != OpKind.Memory && Math.Abs(code.StackPointerIncrement) == 8
                    && (code.Op0Kind != OpKind.Register || code.Op0Register.IsGPR());
            case Mnemonic.Leave:
                return code.Code == Code.Leaveq;
            default:
                return code.FlowControl == FlowControl.Next && code.ConditionCode != ConditionCode.None
                    && code.Op0Kind == OpKind.Register && code.Op0Register.IsGPR();
        }
    }

    private static bool IsOfGeneralRegisters(in Instruction code)
        => (code.Op0Kind != OpKind.Register || code.Op0Register.IsGPR())
            && (code.Op1Kind != OpKind.Register || code.Op1Register.IsGPR());

    private static int SizeOf(in Instruction code, int operand)
        => code.GetOpKind(operand) == OpKind.Register ? code.GetOpRegister(operand).GetSize() : code.MemorySize.GetSize();

    private static int CountOf(in Instruction code)
        => (int)code.GetImmediate(1) & (code.Op0Register.GetSize() == 8 ? 63 : 31);

    /// <summary>Emits an instruction, unless it is one for the interpreter.</summary>
    private bool TryEmitNative(in Instruction code)
    {
        if (!IsCompiled(code))
            return false;

        switch (code.Mnemonic)
        {
            case Mnemonic.Mov:
                EmitMove(code);
                break;
            case Mnemonic.Add:
                EmitBinary(code, FlagActionKind.Add, OpCodes.Add, writes: true);
                break;
            case Mnemonic.Sub:
                EmitBinary(code, FlagActionKind.Subtract, OpCodes.Sub, writes: true);
                break;
            case Mnemonic.Cmp:
                EmitBinary(code, FlagActionKind.Subtract, OpCodes.Sub, writes: false);
                break;
            case Mnemonic.And:
                EmitBinary(code, FlagActionKind.Logic, OpCodes.And, writes: true);
                break;
            case Mnemonic.Or:
                EmitBinary(code, FlagActionKind.Logic, OpCodes.Or, writes: true);
                break;
            case Mnemonic.Xor:
                EmitBinary(code, FlagActionKind.Logic, OpCodes.Xor, writes: true);
                break;
            case Mnemonic.Test:
                EmitBinary(code, FlagActionKind.Logic, OpCodes.And, writes: false);
                break;
            case Mnemonic.Adc:
                EmitWithCarry(code, FlagActionKind.AddWithCarry, OpCodes.Add);
                break;
            case Mnemonic.Sbb:
                EmitWithCarry(code, FlagActionKind.SubtractWithBorrow, OpCodes.Sub);
                break;
            case Mnemonic.Inc:
                EmitStep(code, FlagActionKind.Increment, OpCodes.Add);
                break;
            case Mnemonic.Dec:
                EmitStep(code, FlagActionKind.Decrement, OpCodes.Sub);
                break;
            case Mnemonic.Neg:
                EmitNegate(code);
                break;
            case Mnemonic.Not:
                EmitNot(code);
                break;
            case Mnemonic.Lea:
                LoadOffset(code);
                if (code.Op0Register.GetSize() < 8)
                    _il.Emit(OpCodes.Conv_U4);

                StoreRegister(code.Op0Register);
                break;
            case Mnemonic.Movzx or Mnemonic.Movsx or Mnemonic.Movsxd:
                EmitExtend(code);
                break;
            case Mnemonic.Shl or Mnemonic.Shr or Mnemonic.Sar or Mnemonic.Rol or Mnemonic.Ror:
                EmitShift(code);
                break;
            case Mnemonic.Imul:
                EmitSignedMultiply(code);
                break;
            case Mnemonic.Mul:
                EmitMultiply(code);
                break;
            case Mnemonic.Bswap:
                LoadRegister(code.Op0Register);
                _il.Emit(OpCodes.Call, code.Op0Register.GetSize() == 8 ? ProcessorMethods.Swap64 : ProcessorMethods.Swap32);
                StoreRegister(code.Op0Register);
                break;
            case Mnemonic.Xchg:
                LoadRegister(code.Op0Register);
                LoadRegister(code.Op1Register);
                StoreRegister(code.Op0Register);
                StoreRegister(code.Op1Register);
                break;
            case Mnemonic.Cdqe:
                LoadRegister(Register.EAX);
                _il.Emit(OpCodes.Conv_I8);
                StoreRegister(Register.RAX);
                break;
            case Mnemonic.Cwde:
                LoadRegister(Register.AX);
                _il.Emit(OpCodes.Conv_I2);
                StoreRegister32(Register.EAX);
                break;
            case Mnemonic.Cdq:
                LoadRegister(Register.EAX);
                _il.Emit(OpCodes.Ldc_I4, 31);
                _il.Emit(OpCodes.Shr);
                StoreRegister32(Register.EDX);
                break;
            case Mnemonic.Cqo:
                LoadRegister(Register.RAX);
                _il.Emit(OpCodes.Ldc_I4, 63);
                _il.Emit(OpCodes.Shr);
                StoreRegister(Register.RDX);
                break;
            case Mnemonic.Push:
                LoadOperand(code, 0, 8);
                EmitPush(code, StoreNew(8));
                break;
            case Mnemonic.Pop:
                EmitPop(code);
                break;
            case Mnemonic.Leave:
                EmitLeaveFrame(code);
                break;
            case Mnemonic.Nop or Mnemonic.Endbr64:
                break;
            default:
                EmitConditional(code);
                break;
        }

        return true;
    }

    /// <summary>Stores a 32-bit integer, whose sign is not to be extended.</summary>
    private void StoreRegister32(Register register)
    {
        _il.Emit(OpCodes.Conv_U4);
        StoreRegister(register);
    }

    private void EmitMove(in Instruction code)
    {
        if (code.Op0Kind == OpKind.Memory)
        {
            int bytes = code.MemorySize.GetSize();
            LocalBuilder address = StoreAddress(code);
            LoadOperand(code, 1, bytes);
            StoreMemory(code, address, StoreNew(bytes), bytes);
            return;
        }

        LoadOperand(code, 1, code.Op0Register.GetSize());
        StoreRegister(code.Op0Register);
    }

    private void EmitBinary(in Instruction code, FlagActionKind kind, OpCode operation, bool writes)
    {
        int bytes = SizeOf(code, 0);
        LocalBuilder a = NewLocal(bytes);
        LocalBuilder b = NewLocal(bytes);
        LocalBuilder result = NewLocal(bytes);
        LoadOperand(code, 1, bytes);
        _il.Emit(OpCodes.Stloc, b);
        if (writes)
        {
            Change(code, bytes, a, result, Compute);
        }
        else
        {
            LoadOperand(code, 0, bytes);
            _il.Emit(OpCodes.Stloc, a);
            Compute();
        }

        Note(new FlagAction(kind, bytes, a, b, result));

        void Compute()
        {
            _il.Emit(OpCodes.Ldloc, a);
            _il.Emit(OpCodes.Ldloc, b);
            _il.Emit(operation);
            Truncate(bytes);
            _il.Emit(OpCodes.Stloc, result);
        }
    }

    private void EmitWithCarry(in Instruction code, FlagActionKind kind, OpCode operation)
    {
        int bytes = SizeOf(code, 0);

        // First: it may bring the processor's flags up to date, which is to happen on one way through the code only.
        LoadCarry();
        LocalBuilder carry = NewLocal(bytes);
        if (bytes == 8)
            _il.Emit(OpCodes.Conv_U8);

        _il.Emit(OpCodes.Stloc, carry);
        LocalBuilder a = NewLocal(bytes);
        LocalBuilder b = NewLocal(bytes);
        LocalBuilder result = NewLocal(bytes);
        LoadOperand(code, 1, bytes);
        _il.Emit(OpCodes.Stloc, b);
        Change(code, bytes, a, result, Compute);

        Note(new FlagAction(kind, bytes, a, b, result));

        void Compute()
        {
            _il.Emit(OpCodes.Ldloc, a);
            _il.Emit(OpCodes.Ldloc, b);
            _il.Emit(operation);
            _il.Emit(OpCodes.Ldloc, carry);
            _il.Emit(operation);
            Truncate(bytes);
            _il.Emit(OpCodes.Stloc, result);
        }
    }

    /// <summary>Changes the first operand, a register or memory.</summary>
    private void Change(in Instruction code, int bytes, LocalBuilder before, LocalBuilder after, Action change)
    {
        if (code.Op0Kind == OpKind.Memory)
        {
            ChangeMemory(code, StoreAddress(code), bytes, before, after, change);
            return;
        }

        LoadRegister(code.Op0Register);
        _il.Emit(OpCodes.Stloc, before);
        change();
        _il.Emit(OpCodes.Ldloc, after);
        StoreRegister(code.Op0Register);
    }

    private void EmitStep(in Instruction code, FlagActionKind kind, OpCode operation)
        => EmitUnary(code, kind, bytes =>
        {
            if (bytes == 8)
                _il.Emit(OpCodes.Ldc_I8, 1L);
            else
                _il.Emit(OpCodes.Ldc_I4_1);

            _il.Emit(operation);
        });

    private void EmitNot(in Instruction code) => EmitUnary(code, kind: null, _ => _il.Emit(OpCodes.Not));

    private void EmitUnary(in Instruction code, FlagActionKind? kind, Action<int> operation)
    {
        int bytes = SizeOf(code, 0);
        LocalBuilder a = NewLocal(bytes);
        LocalBuilder result = NewLocal(bytes);
        Change(code, bytes, a, result, Compute);

        if (kind is { } action)
            Note(new FlagAction(action, bytes, a, B: null, result));

        void Compute()
        {
            _il.Emit(OpCodes.Ldloc, a);
            operation(bytes);
            Truncate(bytes);
            _il.Emit(OpCodes.Stloc, result);
        }
    }

    private void EmitNegate(in Instruction code)
    {
        // 0 - b.
        int bytes = SizeOf(code, 0);
        LocalBuilder zero = NewLocal(bytes);
        LoadZero(bytes);
        _il.Emit(OpCodes.Stloc, zero);
        LocalBuilder b = NewLocal(bytes);
        LocalBuilder result = NewLocal(bytes);
        Change(code, bytes, b, result, Compute);

        Note(new FlagAction(FlagActionKind.Subtract, bytes, zero, b, result));

        void Compute()
        {
            _il.Emit(OpCodes.Ldloc, b);
            _il.Emit(OpCodes.Neg);
            Truncate(bytes);
            _il.Emit(OpCodes.Stloc, result);
        }
    }

    private void EmitExtend(in Instruction code)
    {
        int from = SizeOf(code, 1);
        LoadOperand(code, 1, from);
        bool isSigned = code.Mnemonic != Mnemonic.Movzx;
        int to = code.Op0Register.GetSize();
        if (isSigned)
        {
            if (from == 1)
                _il.Emit(OpCodes.Conv_I1);
            else if (from == 2)
                _il.Emit(OpCodes.Conv_I2);

            if (to == 8)
                _il.Emit(OpCodes.Conv_I8);
            else
                _il.Emit(OpCodes.Conv_U4);
        }
        else if (to == 8)
        {
            _il.Emit(OpCodes.Conv_U8);
        }

        StoreRegister(code.Op0Register);
    }

    private void EmitShift(in Instruction code)
    {
        int bytes = code.Op0Register.GetSize();
        int count = CountOf(code);
        LocalBuilder a = NewLocal(bytes);
        LoadRegister(code.Op0Register);
        _il.Emit(OpCodes.Stloc, a);
        _il.Emit(OpCodes.Ldloc, a);
        _il.Emit(OpCodes.Ldc_I4, count);
        FlagActionKind kind;
        switch (code.Mnemonic)
        {
            case Mnemonic.Shl:
                kind = FlagActionKind.ShiftLeft;
                _il.Emit(OpCodes.Shl);
                break;
            case Mnemonic.Shr:
                kind = FlagActionKind.ShiftRight;
                _il.Emit(OpCodes.Shr_Un);
                break;
            case Mnemonic.Sar:
                kind = FlagActionKind.ShiftArithmeticRight;
                _il.Emit(OpCodes.Shr);
                break;
            case Mnemonic.Rol:
                kind = FlagActionKind.RotateLeft;
                _il.Emit(OpCodes.Call, bytes == 8 ? ProcessorMethods.RotateLeft64 : ProcessorMethods.RotateLeft32);
                break;
            default:
                kind = FlagActionKind.RotateRight;
                _il.Emit(OpCodes.Call, bytes == 8 ? ProcessorMethods.RotateRight64 : ProcessorMethods.RotateRight32);
                break;
        }

        LocalBuilder result = StoreNew(bytes);
        _il.Emit(OpCodes.Ldloc, result);
        StoreRegister(code.Op0Register);
        Note(new FlagAction(kind, bytes, a, B: null, result, count));
    }

    private void EmitConditional(in Instruction code)
    {
        if (code.OpCount == 1)
        {
            LoadCondition(code.ConditionCode);
            StoreRegister(code.Op0Register);
            return;
        }

        // A mask instead of a branch that nobody can foresee.
        int bytes = code.Op0Register.GetSize();
        LoadOperand(code, 1, bytes);
        LocalBuilder moved = StoreNew(bytes);
        LoadRegister(code.Op0Register);
        LocalBuilder kept = StoreNew(bytes);
        LoadCondition(code.ConditionCode);
        _il.Emit(OpCodes.Neg);
        if (bytes == 8)
            _il.Emit(OpCodes.Conv_I8);

        _il.Emit(OpCodes.Ldloc, moved);
        _il.Emit(OpCodes.Ldloc, kept);
        _il.Emit(OpCodes.Xor);
        _il.Emit(OpCodes.And);
        _il.Emit(OpCodes.Ldloc, kept);
        _il.Emit(OpCodes.Xor);
        StoreRegister(code.Op0Register);
    }
}
