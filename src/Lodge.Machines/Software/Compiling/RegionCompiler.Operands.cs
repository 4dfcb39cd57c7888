using System.Reflection.Emit;
using Iced.Intel;
using Label = System.Reflection.Emit.Label;

namespace Lodge.Machines;

/// <content>Operands. Values of 8 bytes are 64-bit integers on IL's stack; shorter ones are 32-bit integers,
/// zero-extended.</content>
internal sealed partial class RegionCompiler
{
    private LocalBuilder NewLocal(int bytes) => _il.DeclareLocal(bytes == 8 ? typeof(ulong) : typeof(uint));

    private LocalBuilder StoreNew(int bytes)
    {
        LocalBuilder local = NewLocal(bytes);
        _il.Emit(OpCodes.Stloc, local);
        return local;
    }

    private LocalBuilder LocalOf(Register register) => _registers[register.GetFullRegister() - Register.RAX]!;

    private static bool IsHigh(Register register) => register is >= Register.AH and <= Register.BH;

    private void LoadRegister(Register register)
    {
        _il.Emit(OpCodes.Ldloc, LocalOf(register));
        switch (register.GetSize())
        {
            case 8:
                return;
            case 4:
                _il.Emit(OpCodes.Conv_U4);
                return;
            case 2:
                _il.Emit(OpCodes.Conv_U2);
                return;
            default:
                if (IsHigh(register))
                {
                    _il.Emit(OpCodes.Ldc_I4_8);
                    _il.Emit(OpCodes.Shr_Un);
                }

                _il.Emit(OpCodes.Conv_U1);
                return;
        }
    }

    /// <summary>Stores what is on the stack, truncated to the register's size.</summary>
    private void StoreRegister(Register register)
    {
        LocalBuilder local = LocalOf(register);
        int bytes = register.GetSize();
        if (bytes == 8)
        {
            _il.Emit(OpCodes.Stloc, local);
            return;
        }

        _il.Emit(OpCodes.Conv_U8);
        if (bytes == 4)
        {
            _il.Emit(OpCodes.Stloc, local);
            return;
        }

        ulong mask = bytes == 2 ? 0xFFFFUL : 0xFFUL;
        int shift = IsHigh(register) ? 8 : 0;
        LoadConstant(mask);
        _il.Emit(OpCodes.And);
        if (shift != 0)
        {
            _il.Emit(OpCodes.Ldc_I4, shift);
            _il.Emit(OpCodes.Shl);
        }

        _il.Emit(OpCodes.Ldloc, local);
        LoadConstant(~(mask << shift));
        _il.Emit(OpCodes.And);
        _il.Emit(OpCodes.Or);
        _il.Emit(OpCodes.Stloc, local);
    }

    private void LoadImmediate(in Instruction code, int operand, int bytes)
    {
        ulong value = code.GetImmediate(operand);
        if (bytes == 8)
            LoadConstant(value);
        else
            _il.Emit(OpCodes.Ldc_I4, (int)Truncated(value, bytes));
    }

    private static uint Truncated(ulong value, int bytes) => bytes switch
    {
        1 => (byte)value,
        2 => (ushort)value,
        _ => (uint)value,
    };

    /// <summary>Truncates what is on the stack to less than 32 bits.</summary>
    private void Truncate(int bytes)
    {
        if (bytes == 1)
            _il.Emit(OpCodes.Conv_U1);
        else if (bytes == 2)
            _il.Emit(OpCodes.Conv_U2);
    }

    /// <summary>Puts an operand on the stack.</summary>
    private void LoadOperand(in Instruction code, int operand, int bytes)
    {
        switch (code.GetOpKind(operand))
        {
            case OpKind.Register:
                LoadRegister(code.GetOpRegister(operand));
                break;
            case OpKind.Memory:
                LoadMemory(code, StoreAddress(code), bytes);
                break;
            default:
                LoadImmediate(code, operand, bytes);
                break;
        }
    }

    /// <summary>Computes a memory operand's address, its segment included.</summary>
    private LocalBuilder StoreAddress(in Instruction code)
    {
        LoadOffset(code);
        if (code.MemorySegment is Register.FS or Register.GS)
        {
            LoadRegisterAddress(code.MemorySegment == Register.FS ? RegisterFile.FsBase : RegisterFile.GsBase);
            _il.Emit(OpCodes.Ldind_I8);
            _il.Emit(OpCodes.Add);
        }

        return StoreNew(8);
    }

    /// <summary>Puts a memory operand's offset on the stack.</summary>
    private void LoadOffset(in Instruction code)
    {
        if (code.IsIPRelativeMemoryOperand)
        {
            LoadConstant(code.IPRelativeMemoryAddress);
            return;
        }

        ulong displacement = code.MemoryDisplacement64;
        bool hasValue = false;
        if (code.MemoryBase != Register.None)
        {
            _il.Emit(OpCodes.Ldloc, LocalOf(code.MemoryBase));
            hasValue = true;
        }

        if (code.MemoryIndex != Register.None)
        {
            _il.Emit(OpCodes.Ldloc, LocalOf(code.MemoryIndex));
            int shift = System.Numerics.BitOperations.Log2((uint)code.MemoryIndexScale);
            if (shift != 0)
            {
                _il.Emit(OpCodes.Ldc_I4, shift);
                _il.Emit(OpCodes.Shl);
            }

            if (hasValue)
                _il.Emit(OpCodes.Add);

            hasValue = true;
        }

        if (!hasValue || displacement != 0)
        {
            LoadConstant(displacement);
            if (hasValue)
                _il.Emit(OpCodes.Add);
        }

        if (InstructionTranslator.IsNarrow(code))
        {
            _il.Emit(OpCodes.Conv_U4);
            _il.Emit(OpCodes.Conv_U8);
        }
    }

    /// <summary>Reads memory, and puts the value on the stack.</summary>
    private void LoadMemory(in Instruction code, LocalBuilder address, int bytes)
    {
        LocalBuilder value = NewLocal(bytes);
        Label slow = _il.DefineLabel();
        Label done = _il.DefineLabel();
        LoadHostAddress(_reads, address, bytes, slow);
        LoadIndirect(bytes);
        _il.Emit(OpCodes.Stloc, value);
        _il.MarkLabel(done);
        _il.Emit(OpCodes.Ldloc, value);
        AddSlow(slow, Here(code), ProcessorMethods.Read, address, bytes, written: null, () =>
        {
            LoadSlowValue(bytes);
            _il.Emit(OpCodes.Stloc, value);
            _il.Emit(OpCodes.Br, done);
        });
    }

    /// <summary>Writes a local to memory.</summary>
    private void StoreMemory(in Instruction code, LocalBuilder address, LocalBuilder value, int bytes)
    {
        Label slow = _il.DefineLabel();
        Label done = _il.DefineLabel();
        LoadHostAddress(_writes, address, bytes, slow);
        _il.Emit(OpCodes.Ldloc, value);
        StoreIndirect(bytes);
        _il.MarkLabel(done);
        AddSlow(slow, Here(code), ProcessorMethods.Write, address, bytes, value, () => _il.Emit(OpCodes.Br, done));
    }

    /// <summary>Reads memory, changes it, and writes it back.</summary>
    /// <param name="code">The instruction.</param>
    /// <param name="address">Where.</param>
    /// <param name="bytes">How many bytes.</param>
    /// <param name="before">Gets the old value.</param>
    /// <param name="after">Has the new value.</param>
    /// <param name="change">Emits what makes the new value of the old one. It is called twice.</param>
    private void ChangeMemory(
        in Instruction code, LocalBuilder address, int bytes, LocalBuilder before, LocalBuilder after, Action change)
    {
        Label slow = _il.DefineLabel();
        Label done = _il.DefineLabel();
        LoadHostAddress(_writes, address, bytes, slow);
        LocalBuilder host = _il.DeclareLocal(typeof(nint));
        _il.Emit(OpCodes.Stloc, host);
        _il.Emit(OpCodes.Ldloc, host);
        LoadIndirect(bytes);
        _il.Emit(OpCodes.Stloc, before);
        change();
        _il.Emit(OpCodes.Ldloc, host);
        _il.Emit(OpCodes.Ldloc, after);
        StoreIndirect(bytes);
        _il.MarkLabel(done);

        SlowPlace place = Here(code);
        AddSlow(slow, place, ProcessorMethods.ReadForWrite, address, bytes, written: null, () =>
        {
            LoadSlowValue(bytes);
            _il.Emit(OpCodes.Stloc, before);
            change();
            Label again = _il.DefineLabel();
            _il.Emit(OpCodes.Br, again);
            AddSlow(again, place, ProcessorMethods.Write, address, bytes, after, () => _il.Emit(OpCodes.Br, done));
        });
    }

    /// <summary>Puts the place in the host on the stack, or goes to where the TLB misses.</summary>
    private void LoadHostAddress(LocalBuilder table, LocalBuilder address, int bytes, Label miss)
    {
        LocalBuilder entry = _il.DeclareLocal(typeof(nint));
        _il.Emit(OpCodes.Ldloc, address);
        _il.Emit(OpCodes.Ldc_I4, TlbEntry.PageShift - EntryShift);
        _il.Emit(OpCodes.Shr_Un);
        LoadConstant((ulong)(SoftTlb.EntryCount - 1) << EntryShift);
        _il.Emit(OpCodes.And);
        _il.Emit(OpCodes.Ldloc, table);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Conv_U);
        _il.Emit(OpCodes.Stloc, entry);

        _il.Emit(OpCodes.Ldloc, address);
        if (bytes > 1)
        {
            LoadConstant((ulong)(bytes - 1));
            _il.Emit(OpCodes.Add);
        }

        LoadConstant(TlbEntry.PageMask);
        _il.Emit(OpCodes.And);
        _il.Emit(OpCodes.Ldloc, entry);
        _il.Emit(OpCodes.Ldind_I8);
        _il.Emit(OpCodes.Bne_Un, miss);

        _il.Emit(OpCodes.Ldloc, entry);
        _il.Emit(OpCodes.Ldc_I4_8);
        _il.Emit(OpCodes.Conv_U);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Ldind_I8);
        _il.Emit(OpCodes.Ldloc, address);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Conv_U);
    }

    // An entry has two words: the page, and what to add.
    private const int EntryShift = 4;

    private void LoadIndirect(int bytes) => _il.Emit(bytes switch
    {
        1 => OpCodes.Ldind_U1,
        2 => OpCodes.Ldind_U2,
        4 => OpCodes.Ldind_U4,
        _ => OpCodes.Ldind_I8,
    });

    private void StoreIndirect(int bytes) => _il.Emit(bytes switch
    {
        1 => OpCodes.Stind_I1,
        2 => OpCodes.Stind_I2,
        4 => OpCodes.Stind_I4,
        _ => OpCodes.Stind_I8,
    });

    private void LoadSlowValue(int bytes)
    {
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Call, ProcessorMethods.Slow);
        if (bytes < 8)
            _il.Emit(OpCodes.Conv_U4);
    }

    /// <summary>Where the emitter is, for code that is emitted later.</summary>
    private SlowPlace Here(in Instruction code) => new(
        code.IP,
        AddOps(new MicroOp { Length = (byte)code.Length, Address = TraitsOf(code) }),
        [.. _flags],
        _code[_block].Length - _index);

    /// <summary>What is to be known about the access of the instruction that is emitted: its operand's, or the stack's.</summary>
    private AddressTraits TraitsOf(in Instruction code)
    {
        AddressTraits traits = _code[_block][_index].Op.Address;
        return code.Mnemonic is Mnemonic.Push or Mnemonic.Call ? traits | AddressTraits.Stack : traits;
    }

    /// <summary>Adds the slow path of an access: it goes on, or leaves the region.</summary>
    private void AddSlow(
        Label slow, SlowPlace place, System.Reflection.MethodInfo method, LocalBuilder address, int bytes, LocalBuilder? written,
        Action next)
        => _cold.Add(() =>
        {
            _il.MarkLabel(slow);
            _il.Emit(OpCodes.Ldarg_1);
            LoadOp(place.Op);
            LoadConstant(place.Address);
            _il.Emit(OpCodes.Ldloc, address);
            _il.Emit(OpCodes.Ldc_I4, bytes);
            if (written is not null)
                LoadWide(written, bytes);

            _il.Emit(OpCodes.Call, method);
            Label stopped = _il.DefineLabel();
            _il.Emit(OpCodes.Brfalse, stopped);
            next();
            EmitStop(stopped, place);
        });

    /// <summary>Leaves the region for the reason that the processor has noted, at an instruction that has not ended.</summary>
    private void EmitStop(Label label, SlowPlace place)
    {
        _il.MarkLabel(label);
        Apply(place.Flags);
        EmitCountBack(place.Rest);
        _il.Emit(OpCodes.Ldarg_1);
        LoadConstant(place.Address);
        _il.Emit(OpCodes.Call, ProcessorMethods.SetStopPlace);
        LeaveTo(place.Address, BlockExit.Stopped);
    }

    /// <summary>An instruction that may not end: where it is, its operation, what was noted of the flags before it, and how many
    /// of the block's instructions have not ended with it.</summary>
    private sealed record SlowPlace(ulong Address, int Op, FlagAction[] Flags, int Rest);
}
