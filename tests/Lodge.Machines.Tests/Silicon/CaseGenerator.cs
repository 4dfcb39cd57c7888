using System.Buffers.Binary;
using Iced.Intel;

namespace Lodge.Machines.Tests.Silicon;

/// <summary>Makes cases of one instruction: any way to write it, and operands that lead it anywhere.</summary>
internal sealed class CaseGenerator(CaseRandom random)
{
    private const int MostTries = 200;
    private const int LongestInstruction = 15;
    private const int FxAreaSize = 512;

    private readonly FormEncoder _encoder = new(random);
    private readonly List<MemoryPatch> _patches = [];
    private ProcessorState _state = null!;
    private Instruction _instruction;
    private ulong _target;

    /// <summary>A case of a form; the same form and numbers make the same case.</summary>
    /// <exception cref="InvalidOperationException">No way was found to write the form.</exception>
    public SiliconCase Make(InstructionForm form)
    {
        for (int i = 0; i < MostTries; i++)
        {
            int offset = CodeOffset();
            _target = Target(form);
            var wish = new EncodingWish { Address = SiliconLayout.CodeStart + (ulong)offset, Target = _target };
            if (_encoder.TryEncode(form, wish, out EncodedInstruction encoded)
                && offset + encoded.Bytes.Length <= SiliconLayout.CodeSize)
            {
                return Make(encoded, offset);
            }
        }

        throw new InvalidOperationException($"{form.Code} cannot be written.");
    }

    /// <summary>Registers in which anything may be, and a stack.</summary>
    public static ProcessorState State(CaseRandom random)
    {
        var state = new ProcessorState();
        for (int i = 0; i < 16; i++)
        {
            state.General[i] = OperandValues.Integer(random);
            state.Fpu.Xmm[i] = OperandValues.Vector(random);
        }

        state.Rflags |= random.Next() & (random.Percent(75) ? ControlBits.ArithmeticFlags : SiliconLayout.FreeFlags);
        state.Fpu.Mxcsr = OperandValues.Mxcsr(random);
        if (random.Percent(15))
            SetX87(random, ref state.Fpu);
        if (random.Percent(92))
            state[Register.RSP] = SiliconLayout.WritableStart + 0x200 + (8 * (ulong)random.Below(0x340));
        if (random.Percent(15))
            state[Register.RSP] += (ulong)random.Below(8);
        if (random.Percent(70))
            state[Register.RBP] = SiliconLayout.WritableStart + 0x200 + (8 * (ulong)random.Below(0x340));
        return state;
    }

    // All x87 exceptions are masked: the next x87 instruction would be the one to raise what waits.
    private static void SetX87(CaseRandom random, ref FpuRegisters fpu)
    {
        fpu.ControlWord = (ushort)(FpuRegisters.InitialControlWord ^ (random.Next() & 0xF00));
        fpu.StatusWord = (ushort)(random.Next() & 0x7F7F);
        fpu.Tags = (byte)random.Next();
        for (int i = 0; i < 8; i++)
            fpu.St[i] = OperandValues.Vector(random) & ((UInt128.One << 80) - 1);
    }

    private SiliconCase Make(EncodedInstruction encoded, int offset)
    {
        _instruction = encoded.Instruction;
        _patches.Clear();
        _state = State(random);
        _state.Rip = SiliconLayout.CodeStart + (ulong)offset;
        if (random.Percent(4))
            _state.Rflags |= ControlBits.FlagTrap;
        if (random.Percent(3) && !HasOpenAlignment(_instruction))
            _state.Rflags |= ControlBits.FlagAlignmentCheck;
        ChooseOperands();
        Steer();
        PatchMemory();
        return new SiliconCase
        {
            Code = encoded.Bytes,
            CodeOffset = offset,
            Start = _state,
            Patches = [.. _patches],
            Instructions = [_instruction],
        };
    }

    // Processors disagree on misaligned operands of 16 bytes and more, and whether enter touches where the stack comes to end.
    private static bool HasOpenAlignment(in Instruction instruction)
        => Size(instruction.MemorySize) >= 16 || instruction.Mnemonic == Mnemonic.Enter;

    // Mostly somewhere in a page; sometimes across the pages' border, or up to the very end of the last.
    private int CodeOffset() => random.Below(20) switch
    {
        0 or 1 => 0x1000 - random.Below(LongestInstruction),
        2 => SiliconLayout.CodeSize - random.Between(1, LongestInstruction),
        _ => random.Below(SiliconLayout.CodeSize - LongestInstruction),
    };

    private ulong Target(InstructionForm form)
    {
        int size = Math.Max(1, Size(form.OpCode.MemorySize));
        // What these do where memory is missing for a part of the operand depends on the processor.
        bool whole = form.Code.Mnemonic() is Mnemonic.Maskmovdqu;
        int kind = whole ? random.Below(60) : random.Below(100);
        return kind switch
        {
            < 40 => SiliconLayout.WritableStart + (ulong)(random.Below((0x2000 - size) / 16) * 16),
            < 50 when size >= 16 => SiliconLayout.WritableStart + (ulong)(random.Below((0x2000 - size) / 16) * 16),
            < 60 => SiliconLayout.WritableStart + (ulong)random.Below(0x2000 - size + 1),
            < 68 => SiliconLayout.WritableMiddle - (ulong)random.Below(size + 1),
            < 73 => SiliconLayout.WritableStart - (ulong)random.Below(size + 1),
            < 79 => SiliconLayout.DataEnd - (ulong)random.Below(size + 1),
            < 87 => SiliconLayout.DataStart + (ulong)random.Below(SiliconLayout.ReadOnlySize - size + 1),
            < 89 => SiliconLayout.DataStart - (ulong)random.Below(size + 1),
            < 91 => SiliconLayout.CodeStart + (ulong)random.Below(SiliconLayout.CodeSize - size),
            < 94 => random.Next() | 0x4000_8000_0000_0000,
            < 96 => 0x0000_8000_0000_0000UL + (uint)random.Below(64),
            < 97 => 0xFFFF_7FFF_FFFF_F000UL - (ulong)random.Below(64),
            < 98 => (ulong)random.Below(64),
            _ => (random.Next() >> random.Below(64)) & 0x0000_3FFF_FFFF_FFFF,
        };
    }

    private void ChooseOperands()
    {
        switch (_instruction.Mnemonic)
        {
            case Mnemonic.Shl or Mnemonic.Sal or Mnemonic.Shr or Mnemonic.Sar or Mnemonic.Rol or Mnemonic.Ror or Mnemonic.Rcl
                or Mnemonic.Rcr or Mnemonic.Shld or Mnemonic.Shrd:
                _state[Register.RCX] = (_state[Register.RCX] & ~0xFFUL) | (byte)Count();
                break;
            case Mnemonic.Loop or Mnemonic.Loope or Mnemonic.Loopne or Mnemonic.Jrcxz or Mnemonic.Jecxz:
                if (random.Percent(70))
                    _state[Register.RCX] = (random.Percent(50) ? 0 : random.Next() << 32) | (uint)random.Below(3);
                break;
            case Mnemonic.Div or Mnemonic.Idiv:
                ChooseDividend();
                break;
            case Mnemonic.Bt or Mnemonic.Bts or Mnemonic.Btr or Mnemonic.Btc:
                if (_instruction.Op0Kind == OpKind.Memory && _instruction.Op1Kind == OpKind.Register && random.Percent(85))
                    ChooseBitOffset();
                break;
            case Mnemonic.Cmpxchg8b or Mnemonic.Cmpxchg16b:
                if (random.Percent(50))
                {
                    _state[Register.RAX] = random.Percent(50) ? 0 : _state[Register.RAX];
                    _state[Register.RDX] = random.Percent(50) ? 0 : _state[Register.RDX];
                }

                break;
        }

        if (_instruction.IsStringInstruction)
            ChooseString();
        if (_instruction.Mnemonic == Mnemonic.Maskmovdqu)
            _state[Register.RDI] = _target - SegmentBase();
        if (_instruction.Mnemonic == Mnemonic.Xlatb)
            _state[Register.RBX] = _target - SegmentBase() - (_state[Register.RAX] & 0xFF);
        if (_instruction.Mnemonic is Mnemonic.Jmp or Mnemonic.Call && _instruction.Op0Kind == OpKind.Register)
            _state[_instruction.Op0Register] = BranchTarget();
    }

    private int Count() => random.Below(4) switch
    {
        0 => random.Below(4),
        1 => random.Pick<int>([7, 8, 9, 15, 16, 17, 18, 27, 31, 32, 33, 63, 64, 65, 127, 128, 255]),
        _ => random.Below(256),
    };

    private void ChooseDividend()
    {
        if (random.Percent(15))
            return;
        if (_instruction.Op0Kind == OpKind.Register && _instruction.Op0Register.GetSize() == 1
            || _instruction.Op0Kind == OpKind.Memory && _instruction.MemorySize.GetSize() == 1)
        {
            var dividend = (ushort)((short)OperandValues.Integer(random) >> random.Below(12));
            _state[Register.RAX] = (_state[Register.RAX] & ~0xFFFFUL) | dividend;
            return;
        }

        bool signed = _instruction.Mnemonic == Mnemonic.Idiv && random.Percent(60);
        _state[Register.RDX] = signed && random.Percent(50) ? ulong.MaxValue : (ulong)random.Below(3) >> 1;
    }

    private void ChooseBitOffset()
    {
        Register register = _instruction.Op1Register;
        var offset = unchecked((ulong)(long)(random.Percent(60) ? random.Between(-300, 300) : random.Between(-0x4000, 0x4000)));
        ulong mask = ulong.MaxValue >> (64 - (8 * register.GetSize()));
        offset &= mask;
        _state[register] = (_state[register] & ~mask) | offset;
    }

    private void ChooseString()
    {
        // Of two operands that both fault, processors disagree on which is first.
        bool compares = _instruction.Mnemonic is Mnemonic.Cmpsb or Mnemonic.Cmpsw or Mnemonic.Cmpsd or Mnemonic.Cmpsq;
        ulong other = SiliconLayout.WritableStart + 0x800 + (ulong)random.Below(0x1000);
        if (!compares)
            other = random.Percent(40) ? _target + (ulong)random.Between(-20, 20) : other + (ulong)random.Between(-0x810, 0x810);
        bool exchanged = compares && random.Percent(50);
        _state[Register.RSI] = Narrowed((exchanged ? other : _target) - SegmentBase());
        _state[Register.RDI] = Narrowed(exchanged ? _target : other);
        if (_instruction.Mnemonic is Mnemonic.Stosb or Mnemonic.Stosw or Mnemonic.Stosd or Mnemonic.Stosq or Mnemonic.Scasb
            or Mnemonic.Scasw or Mnemonic.Scasd or Mnemonic.Scasq)
        {
            _state[Register.RDI] = Narrowed(_target);
        }

        if (random.Percent(35))
            _state.Rflags ^= ControlBits.FlagDirection;
        if (_instruction.HasRepPrefix || _instruction.HasRepnePrefix)
        {
            bool few = compares || random.Percent(92);
            _state[Register.RCX] = Narrowed(few ? (ulong)random.Below(40) : OperandValues.Integer(random));
        }

        if (!random.Percent(50))
            return;

        // Runs of equal elements, so that repeated comparisons get somewhere.
        var run = new byte[random.Between(1, 96)];
        run.AsSpan().Fill((byte)random.Next());
        if (random.Percent(50))
            _state[Register.RAX] = 0x0101_0101_0101_0101UL * run[0];
        Patch(_target, run);
        Patch(_state[Register.RDI], run);
    }

    // With addresses of 32 bits the upper halves say nothing.
    private ulong Narrowed(ulong value)
        => HasAddressSizePrefix() && random.Percent(60) ? (random.Next() << 32) | (uint)value : value;

    private bool HasAddressSizePrefix()
    {
        for (int i = 0; i < _instruction.OpCount; i++)
        {
            if (_instruction.GetOpKind(i) is OpKind.MemoryESEDI or OpKind.MemorySegEDI or OpKind.MemorySegESI)
                return true;
        }

        return false;
    }

    // Makes the operand's address the wished one by what its base or index register has.
    private void Steer()
    {
        if (!HasMemoryOperand() || _instruction.IsIPRelativeMemoryOperand || _instruction.Mnemonic == Mnemonic.Xlatb)
            return;

        Register baseRegister = _instruction.MemoryBase;
        Register index = _instruction.MemoryIndex;
        ulong wanted = _target - SegmentBase() - _instruction.MemoryDisplacement64;
        var scale = (ulong)_instruction.MemoryIndexScale;
        if (baseRegister == Register.None && index == Register.None)
            return;
        if (baseRegister == Register.None)
            SetAddress(index, wanted / scale);
        else if (index == Register.None)
            SetAddress(baseRegister, wanted);
        else if (index.GetFullRegister() == baseRegister.GetFullRegister())
            SetAddress(baseRegister, wanted / (scale + 1));
        else
            SetAddress(baseRegister, wanted - (_state[index] * scale));
    }

    private void SetAddress(Register register, ulong value)
        => _state[register] = register.GetSize() == 4 && random.Percent(60) ? (random.Next() << 32) | (uint)value : value;

    private bool HasMemoryOperand()
        => _instruction.Op0Kind == OpKind.Memory || (_instruction.OpCount > 1 && _instruction.Op1Kind == OpKind.Memory)
            || (_instruction.OpCount > 2 && _instruction.Op2Kind == OpKind.Memory);

    private ulong SegmentBase() => _instruction.SegmentPrefix switch
    {
        Register.FS => SiliconLayout.FsBase,
        Register.GS => SiliconLayout.GsBase,
        _ => 0,
    };

    private void PatchMemory()
    {
        int size = Size(_instruction.MemorySize);
        switch (_instruction.Mnemonic)
        {
            case Mnemonic.Fxrstor or Mnemonic.Fxrstor64:
                PatchFxArea();
                break;
            case Mnemonic.Ldmxcsr:
                uint mxcsr = random.Percent(90) ? (uint)random.Next() & 0xFFBF : OperandValues.AnyMxcsr(random);
                Patch(_target, BitConverter.GetBytes(mxcsr));
                break;
            case Mnemonic.Fldcw:
                Patch(_target, BitConverter.GetBytes((ushort)(FpuRegisters.InitialControlWord ^ (random.Next() & 0xF00))));
                break;
            case Mnemonic.Jmp or Mnemonic.Call when _instruction.Op0Kind == OpKind.Memory:
                Patch(_target, BitConverter.GetBytes(BranchTarget()));
                break;
            case Mnemonic.Ret:
                Patch(_state[Register.RSP], BitConverter.GetBytes(BranchTarget()));
                break;
            case Mnemonic.Popf or Mnemonic.Popfq:
                Patch(_state[Register.RSP], BitConverter.GetBytes(OperandValues.Integer(random) & ~ControlBits.FlagTrap));
                break;
            case Mnemonic.Cmpxchg:
                PatchOperand(size);
                if (random.Percent(50) && size <= 8)
                    Patch(_target, BitConverter.GetBytes(_state[Register.RAX]).AsSpan(0, size));
                break;
            case Mnemonic.Cmpxchg8b or Mnemonic.Cmpxchg16b:
                PatchOperand(size);
                if (random.Percent(60))
                    PatchExpected(size);
                break;
            case not (Mnemonic.Fxsave or Mnemonic.Fxsave64) when HasMemoryOperand() || _instruction.IsStackInstruction:
                PatchOperand(size);
                if (_instruction.IsStackInstruction)
                    Patch(_state[Register.RSP], BitConverter.GetBytes(OperandValues.Integer(random)));
                break;
        }
    }

    private void PatchOperand(int size)
    {
        if (size is 0 or > 16)
            return;

        var bytes = new byte[16];
        if (size <= 8 && random.Percent(IsFloating() ? 5 : 95))
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, OperandValues.Integer(random));
        else
            OperandValues.Vector(random, bytes);
        Patch(_target, bytes.AsSpan(0, size));
    }

    private bool IsFloating() => _instruction.MemorySize is MemorySize.Float32 or MemorySize.Float64
        or MemorySize.Packed64_Float32 or MemorySize.Packed128_Float32 or MemorySize.Packed128_Float64;

    private void PatchExpected(int size)
    {
        var bytes = new byte[size];
        if (size == 8)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)_state[Register.RAX]);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), (uint)_state[Register.RDX]);
        }
        else
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, _state[Register.RAX]);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), _state[Register.RDX]);
        }

        Patch(_target, bytes);
    }

    private void PatchFxArea()
    {
        var area = new byte[FxAreaSize];
        var fpu = new FpuRegisters { Mxcsr = random.Percent(90) ? OperandValues.Mxcsr(random) : OperandValues.AnyMxcsr(random) };
        SetX87(random, ref fpu);
        for (int i = 0; i < 16; i++)
            fpu.Xmm[i] = OperandValues.Vector(random);
        FxImage.Write(fpu, area);
        Patch(_target, area);
    }

    // In the code pages, where int3 waits; or anywhere else.
    private ulong BranchTarget() => random.Below(20) switch
    {
        0 => OperandValues.Integer(random) | 0x4000,
        1 => SiliconLayout.DataStart + (ulong)random.Below(SiliconLayout.DataSize),
        2 => SiliconLayout.CodeEnd,
        _ => AwayFromCode(SiliconLayout.CodeStart + (ulong)random.Below(SiliconLayout.CodeSize)),
    };

    private ulong AwayFromCode(ulong target)
        => target - _state.Rip < LongestInstruction ? _state.Rip + LongestInstruction : target;

    private void Patch(ulong address, ReadOnlySpan<byte> bytes)
    {
        long start = (long)address - (long)SiliconLayout.DataStart;
        if (start <= -bytes.Length || start >= SiliconLayout.DataSize)
            return;

        if (start < 0)
        {
            bytes = bytes[(int)-start..];
            start = 0;
        }

        int length = (int)Math.Min(bytes.Length, SiliconLayout.DataSize - start);
        _patches.Add(new MemoryPatch((int)start, bytes[..length].ToArray()));
    }

    private static int Size(MemorySize size)
    {
        int bytes = size.GetSize();
        return size is MemorySize.Fxsave_512Byte or MemorySize.Fxsave64_512Byte ? FxAreaSize : bytes;
    }
}
