using System.Buffers.Binary;
using Iced.Intel;

namespace Lodge.Machines.Tests.Silicon;

/// <summary>Writes instructions byte by byte, in any of the ways that a form can be written.</summary>
/// <remarks>Iced's encoder has one way for each; a decoder has to know them all.</remarks>
internal sealed class FormEncoder(CaseRandom random)
{
    private const int LongestInstruction = 15;
    private const byte OperandSizePrefix = 0x66;
    private const byte AddressSizePrefix = 0x67;
    private const byte LockPrefix = 0xF0;
    private const byte RepnePrefix = 0xF2;
    private const byte RepPrefix = 0xF3;
    private const byte FsPrefix = 0x64;
    private const byte GsPrefix = 0x65;

    private readonly List<byte> _bytes = [];
    private EncodingWish _wish = null!;
    private InstructionForm _form = null!;
    private bool _addressSize32;
    private ulong _segmentBase;
    private byte _rex;
    private int _ripDisplacement;

    /// <summary>Writes a form.</summary>
    /// <returns>False where chance made it another form, or none.</returns>
    public bool TryEncode(InstructionForm form, EncodingWish wish, out EncodedInstruction encoded)
    {
        _form = form;
        _wish = wish;
        _bytes.Clear();
        _rex = 0;
        _ripDisplacement = -1;
        bool memory = form.CanBeMemory && (!form.CanBeRegister || random.Percent(wish.MemoryPercent));
        WritePrefixes(memory);
        int rexAt = _bytes.Count;
        if (form.OpCode.OperandSize == 64 && !form.OpCode.DefaultOpSize64 && !form.OpCode.ForceOpSize64)
            _rex = 0x48;
        else if (wish.Odd && random.Percent(20))
            _rex = (byte)(0x40 | random.Below(8));
        // With REX.B it is an xchg with R8, whatever Iced says.
        if (form.Code == Code.Pause)
            _rex &= 0xFE;

        WriteOpCode();
        if (form.HasModRm)
            WriteModRm(memory);
        if (form.HasAbsoluteAddress)
            WriteNumber(wish.Target - _segmentBase, _addressSize32 ? 4 : 8);
        WriteImmediates(out int branchAt);
        if (_rex != 0)
        {
            _bytes.Insert(rexAt, _rex);
            branchAt++;
            _ripDisplacement += _ripDisplacement < 0 ? 0 : 1;
        }

        ulong end = wish.Address + (ulong)_bytes.Count;
        if (_ripDisplacement >= 0)
            SetNumber(_ripDisplacement, wish.Target - _segmentBase - end, 4);
        if (form.IsRelativeBranch)
            SetNumber(branchAt, BranchTarget(end, form.Immediates[^1]) - end, form.Immediates[^1]);

        byte[] bytes = [.. _bytes];
        encoded = new EncodedInstruction(bytes, Decode(bytes, wish.Address));
        return bytes.Length <= LongestInstruction && encoded.Instruction.Code == form.Code
            && encoded.Instruction.Length == bytes.Length;
    }

    public static Instruction Decode(byte[] bytes, ulong address)
    {
        var decoder = Decoder.Create(64, new ByteArrayCodeReader(bytes));
        decoder.IP = address;
        return decoder.Decode();
    }

    private void WritePrefixes(bool memory)
    {
        OpCodeInfo opCode = _form.OpCode;
        bool addresses = memory || _form.HasImplicitMemory || _form.HasAbsoluteAddress;
        _segmentBase = 0;
        if (addresses && random.Percent(12))
        {
            bool fs = random.Percent(50);
            _bytes.Add(fs ? FsPrefix : GsPrefix);
            _segmentBase = fs ? SiliconLayout.FsBase : SiliconLayout.GsBase;
        }
        else if (addresses && _wish.Odd && random.Percent(3))
        {
            _bytes.Add(random.Pick<byte>([0x26, 0x2E, 0x36, 0x3E]));
        }

        _addressSize32 = opCode.AddressSize switch
        {
            32 => true,
            64 => false,
            // A segment's base can lead it out of the window, where what a missing page does depends on the processor.
            _ when opCode.Mnemonic == Mnemonic.Maskmovdqu => false,
            _ => addresses && _wish.Base is null && random.Percent(8),
        };
        if (_addressSize32)
            _bytes.Add(AddressSizePrefix);
        if (opCode.OperandSize == 16 || opCode.MandatoryPrefix == MandatoryPrefix.P66)
            _bytes.Add(OperandSizePrefix);
        if (opCode.MandatoryPrefix == MandatoryPrefix.PF3)
            _bytes.Add(RepPrefix);
        else if (opCode.MandatoryPrefix == MandatoryPrefix.PF2)
            _bytes.Add(RepnePrefix);
        else if (opCode.CanUseRepPrefix && random.Percent(55))
            _bytes.Add(opCode.CanUseRepnePrefix && random.Percent(50) ? RepnePrefix : RepPrefix);
        if (opCode.CanUseLockPrefix && memory && random.Percent(20))
            _bytes.Add(LockPrefix);

        for (int i = _bytes.Count - 1; i > 0; i--)
        {
            int other = random.Below(i + 1);
            (_bytes[i], _bytes[other]) = (_bytes[other], _bytes[i]);
        }
    }

    private void WriteOpCode()
    {
        OpCodeInfo opCode = _form.OpCode;
        switch (opCode.Table)
        {
            case OpCodeTableKind.T0F:
                _bytes.Add(0x0F);
                break;
            case OpCodeTableKind.T0F38:
                _bytes.AddRange([0x0F, 0x38]);
                break;
            case OpCodeTableKind.T0F3A:
                _bytes.AddRange([0x0F, 0x3A]);
                break;
        }

        if (opCode.OpCodeLength == 2)
            _bytes.Add((byte)(opCode.OpCode >> 8));
        var last = (byte)opCode.OpCode;
        if (_form.HasOpCodeRegister)
        {
            int register = random.Below(16);
            SetRex(register >= 8, 0x41);
            last += (byte)(register & 7);
        }

        _bytes.Add(last);
    }

    private void WriteModRm(bool memory)
    {
        OpCodeInfo opCode = _form.OpCode;
        int register = opCode.IsGroup ? opCode.GroupIndex : _form.HasSegmentRegister ? random.Below(6) : random.Below(16);
        if (_wish.Base is { } kept && register == kept.Register)
            register ^= 1;
        if (!opCode.IsGroup && !_form.HasSegmentRegister)
            SetRex(register >= 8, 0x44);
        register = (register & 7) << 3;
        if (opCode.IsRmGroup)
        {
            _bytes.Add((byte)(0xC0 | register | opCode.RmGroupIndex));
        }
        else if (memory)
        {
            WriteMemory(register);
        }
        else
        {
            int operand = random.Below(16);
            if (_wish.Base is { } other && operand == other.Register)
                operand ^= 1;
            SetRex(operand >= 8, 0x41);
            _bytes.Add((byte)(0xC0 | register | (operand & 7)));
        }
    }

    private void WriteMemory(int register)
    {
        ulong offset = _wish.Target - _segmentBase;
        int kind = random.Below(16);
        if (_wish.Base is { } fixedBase && kind > 3)
            WriteBased(register, fixedBase.Register, offset - fixedBase.Value);
        else if (kind == 0)
            WriteRipRelative(register);
        else if (kind <= 2)
            WriteSib(register, mod: 0, baseField: 5, index: 4, scale: random.Below(4), offset, 4);
        else if (kind == 3 && _wish.Base is null)
            WriteIndexOnly(register, offset);
        else if (_wish.Base is not null)
            WriteRipRelative(register);
        else if (kind <= 8)
            WriteBased(register, random.Below(16), null);
        else
            WriteIndexed(register);
    }

    private void WriteRipRelative(int register)
    {
        _bytes.Add((byte)(register | 5));
        _ripDisplacement = _bytes.Count;
        WriteNumber(0, 4);
    }

    private void WriteBased(int register, int baseRegister, ulong? displacement)
    {
        int mod = displacement is null ? random.Below(3) : Fits8(displacement.Value) && random.Percent(70) ? 1 : 2;
        if ((baseRegister & 7) == 5 && mod == 0)
            mod = 1;
        ulong value = displacement ?? Displacement(mod);
        SetRex(baseRegister >= 8, 0x41);
        if ((baseRegister & 7) == 4)
        {
            WriteSib(register, mod, baseRegister, index: 4, scale: 0, value, SizeOf(mod));
            return;
        }

        _bytes.Add((byte)((mod << 6) | register | (baseRegister & 7)));
        WriteNumber(value, SizeOf(mod));
    }

    private void WriteIndexed(int register)
    {
        int mod = random.Below(3);
        int baseRegister = random.Below(16);
        if ((baseRegister & 7) == 5 && mod == 0)
            mod = 2;
        SetRex(baseRegister >= 8, 0x41);
        WriteSib(register, mod, baseRegister, IndexRegister(), random.Below(4), Displacement(mod), SizeOf(mod));
    }

    private void WriteIndexOnly(int register, ulong offset)
    {
        int scale = random.Below(4);
        int times = random.Below(64);
        WriteSib(register, mod: 0, baseField: 5, IndexRegister(), scale, offset - ((ulong)times << scale), 4);
    }

    private int IndexRegister()
    {
        int index = random.Below(16);
        return index == 4 ? 12 : index;
    }

    private void WriteSib(int register, int mod, int baseField, int index, int scale, ulong displacement, int size)
    {
        SetRex(index >= 8, 0x42);
        // Without an index register REX.X must be clear, and without a base REX.B says nothing.
        if (index == 4)
            _rex &= 0xFD;
        _bytes.Add((byte)((mod << 6) | register | 4));
        _bytes.Add((byte)((scale << 6) | ((index & 7) << 3) | (baseField & 7)));
        WriteNumber(displacement, size);
    }

    private void WriteImmediates(out int last)
    {
        last = _bytes.Count;
        foreach (int size in _form.Immediates)
        {
            last = _bytes.Count;
            WriteNumber(OperandValues.Integer(random), size);
        }

        // Nesting deeper than the pages of data would never end well; both levels beyond 31 and small ones are wanted.
        if (_form.Code is Code.Enterq_imm16_imm8 or Code.Enterw_imm16_imm8 && random.Percent(80))
        {
            SetNumber(last - 2, (ulong)random.Below(256), 2);
            SetNumber(last, (ulong)(random.Percent(50) ? 0 : random.Below(5)), 1);
        }

        if (_form.Code == Code.Int_imm8 && _bytes[last] is 3 or 4 or 0x80)
            _bytes[last] = 0x40;
    }

    // Anywhere in the code pages but in the code itself, where no instruction has been chosen to begin.
    private ulong BranchTarget(ulong end, int size)
    {
        if (_wish.BranchTarget is { } wished)
            return wished;
        if (size > 1 && random.Percent(10))
            return end + (ulong)(int)OperandValues.Integer(random) | 0x4000;

        long offset = size == 1 ? random.Between(-128, 127) : random.Between(-0x1000, 0x1000);
        ulong target = end + (ulong)offset;
        return target < end && target >= _wish.Address ? end : target;
    }

    private ulong Displacement(int mod) => mod == 0 ? 0
        : mod == 1 ? (ulong)random.Between(-128, 127)
        : random.Percent(50) ? (ulong)random.Between(-512, 512)
        : (ulong)(int)OperandValues.Integer(random);

    private void SetRex(bool high, byte bit)
    {
        if (high)
            _rex |= bit;
        else if (_rex != 0)
            _rex &= (byte)~(bit & 0xF);
    }

    private void WriteNumber(ulong value, int size)
    {
        for (int i = 0; i < size; i++)
            _bytes.Add((byte)(value >> (8 * i)));
    }

    private void SetNumber(int at, ulong value, int size)
    {
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(number, value);
        for (int i = 0; i < size; i++)
            _bytes[at + i] = number[i];
    }

    private static int SizeOf(int mod) => mod == 2 ? 4 : mod;

    private static bool Fits8(ulong displacement) => (long)displacement is >= -128 and <= 127;
}
