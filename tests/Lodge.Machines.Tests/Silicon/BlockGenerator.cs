using Iced.Intel;

namespace Lodge.Machines.Tests.Silicon;

/// <summary>Makes cases of several instructions that go straight on, but for branches over the next one, or that are a
/// loop.</summary>
/// <remarks>Operands in memory are found through a register that the block leaves alone, so that most blocks come to their
/// end.</remarks>
internal sealed class BlockGenerator(CaseRandom random)
{
    private const int MostInstructions = 12;
    private const int MostTries = 400;
    private const int LongestInstruction = 15;

    private static readonly InstructionForm[] Forms = [.. InstructionForms.All.Where(IsForBlocks)];
    private static readonly InstructionForm[] Branches =
        [.. InstructionForms.All.Where(form => form.IsRelativeBranch && form.OpCode.Mnemonic is >= Mnemonic.Ja and <= Mnemonic.Js
            && form.OpCode.Mnemonic is not (Mnemonic.Jmp or Mnemonic.Jmpe or Mnemonic.Jrcxz or Mnemonic.Jecxz or Mnemonic.Jcxz))];

    private readonly FormEncoder _encoder = new(random);
    private readonly InstructionInfoFactory _information = new();
    private readonly List<EncodedInstruction> _block = [];
    private (int Register, ulong Value) _base;
    private int? _counter;
    private bool _keepsPointers;

    /// <summary>A block of 2 to 12 instructions.</summary>
    public SiliconCase Make()
    {
        _block.Clear();
        int count = random.Between(2, MostInstructions);
        int offset = random.Below(SiliconLayout.CodeSize - ((MostInstructions + 1) * LongestInstruction));
        ProcessorState start = Start();
        start.Rip = SiliconLayout.CodeStart + (ulong)offset;
        for (int tries = 0; _block.Count < count && tries < MostTries; tries++)
            AddOne(End(start));
        if (_counter is { } counter)
            CloseLoop(start, counter);

        return new SiliconCase
        {
            Code = [.. _block.SelectMany(item => item.Bytes)],
            CodeOffset = offset,
            Start = start,
            // What ldmxcsr finds.
            Patches = [Patch(_base.Value, OperandValues.Mxcsr(random))],
            Instructions = [.. _block.Select(item => item.Instruction)],
        };
    }

    private static MemoryPatch Patch(ulong address, uint value)
        => new((int)(address - SiliconLayout.DataStart), BitConverter.GetBytes(value));

    private ulong End(ProcessorState start) => _block.Count == 0 ? start.Rip : _block[^1].Instruction.NextIP;

    // dec counter; jnz start. A loop after whose first round something depends on undefined flags is left straight.
    private void CloseLoop(ProcessorState start, int counter)
    {
        ulong end = End(start);
        byte[] decrement = [(byte)(0x48 | (counter >> 3)), 0xFF, (byte)(0xC8 | (counter & 7))];
        byte[] branch = [0x0F, 0x85, .. BitConverter.GetBytes((int)(start.Rip - (end + 9)))];
        _block.Add(new EncodedInstruction(decrement, FormEncoder.Decode(decrement, end)));
        _block.Add(new EncodedInstruction(branch, FormEncoder.Decode(branch, end + 3)));
        if (Follow() is null)
            _block.RemoveRange(_block.Count - 2, 2);
    }

    private ulong[]? Follow() => FlagDefinitions.Follow([.. _block.Select(item => item.Instruction)]);

    private static bool IsForBlocks(InstructionForm form) => InstructionForms.AlwaysFaultsBecause(form) is null
        && !form.IsRelativeBranch && form.OpCode.Mnemonic is not (
            Mnemonic.Jmp or Mnemonic.Call or Mnemonic.Ret or Mnemonic.Enter or Mnemonic.Leave or Mnemonic.Popf or Mnemonic.Popfq
            or Mnemonic.Fldcw or Mnemonic.Xlatb or Mnemonic.Fxrstor or Mnemonic.Fxrstor64 or Mnemonic.Fxsave or Mnemonic.Fxsave64
            // What is undefined here would go on into other results.
            or Mnemonic.Bsf or Mnemonic.Bsr or Mnemonic.Shld or Mnemonic.Shrd
            or Mnemonic.Rcpps or Mnemonic.Rcpss or Mnemonic.Rsqrtps or Mnemonic.Rsqrtss)
        && !form.HasAbsoluteAddress;

    private ProcessorState Start()
    {
        ProcessorState start = CaseGenerator.State(random);
        int register = random.Pick<int>([0, 2, 3, 5, 8, 12, 13, 15]);
        _base = (register, SiliconLayout.WritableStart + 0x800 + (16 * (uint)random.Below(0x80)));
        _keepsPointers = random.Percent(85);
        start[Register.RSI] = SiliconLayout.WritableStart + 0x400 + (uint)random.Below(0x800);
        start[Register.RDI] = SiliconLayout.WritableStart + 0x1000 + (uint)random.Below(0x800);
        start[Register.RSP] = SiliconLayout.WritableStart + 0x400 + (8 * (uint)random.Below(0x200));
        start.General[_base.Register] = _base.Value;
        _counter = random.Percent(30) ? random.Pick<int>([1, 9, 10, 11, 14]) : null;
        if (_counter is { } counter)
            start.General[counter] = (ulong)(random.Percent(95) ? random.Between(1, 12) : random.Between(13, 300));
        if (random.Percent(80))
            start.Fpu.Mxcsr |= FpuRegisters.InitialMxcsr;
        return start;
    }

    private void AddOne(ulong address)
    {
        int before = _block.Count;
        if (random.Percent(15))
            TryAddWithBranch(address);
        else if (TryEncode(address, out EncodedInstruction encoded))
            _block.Add(encoded);

        if (Follow() is null)
            _block.RemoveRange(before, _block.Count - before);
    }

    // A branch over an instruction is written after that, when its length is known.
    private void TryAddWithBranch(ulong address)
    {
        InstructionForm branch = Branches[random.Below(Branches.Length)];
        var length = (uint)(branch.Immediates[^1] == 1 ? 2 : 6);
        if (!TryEncode(address + length, out EncodedInstruction skipped))
            return;

        var wish = new EncodingWish { Address = address, Target = 0, Odd = false, BranchTarget = skipped.Instruction.NextIP };
        if (!_encoder.TryEncode(branch, wish, out EncodedInstruction encoded) || encoded.Bytes.Length != length)
            throw new InvalidOperationException($"{branch.Code} has {encoded.Bytes.Length} bytes.");

        _block.Add(encoded);
        _block.Add(skipped);
    }

    private bool TryEncode(ulong address, out EncodedInstruction encoded)
    {
        InstructionForm form = Forms[random.Below(Forms.Length)];
        var wish = new EncodingWish
        {
            Address = address,
            Target = form.OpCode.Mnemonic == Mnemonic.Ldmxcsr ? _base.Value : Target(),
            Odd = random.Percent(20),
            MemoryPercent = 40,
            Base = _base,
        };
        return _encoder.TryEncode(form, wish, out encoded) && IsLegal(encoded.Instruction);
    }

    private ulong Target()
    {
        ulong target = _base.Value + (16 * (ulong)random.Between(-0x40, 0x40));
        return random.Percent(70) ? target : random.Percent(90) ? target + (ulong)random.Below(16) : SiliconLayout.DataEnd - 4;
    }

    private bool IsLegal(in Instruction instruction)
    {
        // These end most blocks by a fault.
        bool isBitString = instruction.Mnemonic is Mnemonic.Bt or Mnemonic.Bts or Mnemonic.Btr or Mnemonic.Btc
            && instruction.Op0Kind == OpKind.Memory && instruction.Op1Kind == OpKind.Register;
        bool isRepeated = instruction.HasRepPrefix || instruction.HasRepnePrefix;
        if ((isBitString || isRepeated || instruction.Mnemonic is Mnemonic.Div or Mnemonic.Idiv) && !random.Percent(10))
            return false;

        // Where nothing is stored, it depends on the processor whether a missing page is noticed.
        if (instruction.Mnemonic == Mnemonic.Maskmovdqu && (!_keepsPointers || instruction.SegmentPrefix != Register.None))
            return false;

        foreach (UsedRegister used in _information.GetInfo(instruction).GetUsedRegisters())
        {
            if (used.Access is OpAccess.Read or OpAccess.CondRead or OpAccess.None or OpAccess.NoMemAccess)
                continue;

            Register full = used.Register.GetFullRegister();
            if (full == Register.RAX + _base.Register || (_counter is { } counter && full == Register.RAX + counter))
                return false;
            if (full == Register.RSP && !instruction.IsStackInstruction)
                return false;
            if (_keepsPointers && full is Register.RSI or Register.RDI && !instruction.IsStringInstruction)
                return false;
        }

        return true;
    }
}
