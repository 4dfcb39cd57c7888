using Iced.Intel;
using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests.Silicon;

/// <summary>What the processor says of code whose outcome is known: whoever asks an oracle must have understood it.</summary>
public sealed class NativeProcessorTests(NativeFixture native) : IClassFixture<NativeFixture>
{
    private const ulong Code = SiliconLayout.CodeStart;
    private const ulong Unmapped = SiliconLayout.DataEnd;
    private const ulong NonCanonical = 0x8000_0000_0000_0000;

    [Fact(SkipUnless = nameof(NativeHost.IsThere), SkipType = typeof(NativeHost), Skip = NativeHost.SkipReason)]
    public void AllRegisters_GoInAndComeOut()
    {
        ProcessorState start = Start();
        for (int i = 0; i < 16; i++)
        {
            start.General[i] = 0x1111_1111_1111_1111UL * (ulong)i;
            start.Fpu.Xmm[i] = new UInt128(0xF0F0_0000_0000_0000 + (ulong)i, (ulong)i);
        }

        start.Fpu.Mxcsr = 0x7F80;
        start.Rflags |= SiliconLayout.FreeFlags;

        CaseOutcome outcome = Run(a => a.nop(), start);

        Assert.Equal(CaseOutcome.Ended, outcome.Vector);
        Assert.Equal(start.General, outcome.End.General);
        Assert.Equal(start.Fpu.Xmm, outcome.End.Fpu.Xmm);
        Assert.Equal(start.Fpu.Mxcsr, outcome.End.Fpu.Mxcsr);
        Assert.Equal(start.Rflags, outcome.End.Rflags);
        Assert.Equal(Code + 1, outcome.End.Rip);
        Assert.Empty(outcome.ChangedWords);
    }

    [Fact(SkipUnless = nameof(NativeHost.IsThere), SkipType = typeof(NativeHost), Skip = NativeHost.SkipReason)]
    public void Add_SetsItsFlags()
    {
        ProcessorState start = Start();
        start[Register.RAX] = 0x7FFF_FFFF;
        start[Register.RBX] = 1;

        CaseOutcome outcome = Run(a => a.add(eax, ebx), start);

        Assert.Equal(0x8000_0000, outcome.End[Register.RAX]);
        Assert.Equal(
            ControlBits.FlagOverflow | ControlBits.FlagSign | ControlBits.FlagAdjust | ControlBits.FlagParity,
            outcome.End.Rflags & ControlBits.ArithmeticFlags);
    }

    [Fact(SkipUnless = nameof(NativeHost.IsThere), SkipType = typeof(NativeHost), Skip = NativeHost.SkipReason)]
    public void Store_IsAChangedWord_AndIsGoneInTheNextCase()
    {
        ProcessorState start = Start();
        start[Register.RBX] = SiliconLayout.WritableMiddle;
        start[Register.RAX] = ~BitConverter.ToUInt64(SiliconLayout.Background[0x2000..]);

        CaseOutcome outcome = Run(a => a.mov(__[rbx], rax), start);
        CaseOutcome next = Run(a => a.mov(rcx, __[rbx]), start);

        Assert.Equal([(0x2000 / 8, start[Register.RAX])], outcome.ChangedWords);
        Assert.Equal(~start[Register.RAX], next.End[Register.RCX]);
        Assert.Empty(next.ChangedWords);
    }

    [Fact(SkipUnless = nameof(NativeHost.IsThere), SkipType = typeof(NativeHost), Skip = NativeHost.SkipReason)]
    public void Patch_IsThere_AndIsGoneInTheNextCase()
    {
        ProcessorState start = Start();
        start[Register.RBX] = SiliconLayout.DataStart + 16;

        CaseOutcome patched = Run(a => a.mov(rcx, __[rbx]), start, new MemoryPatch(16, [1, 2, 3, 4, 5, 6, 7, 8]));
        CaseOutcome next = Run(a => a.mov(rcx, __[rbx]), start);

        Assert.Equal(0x0807_0605_0403_0201UL, patched.End[Register.RCX]);
        Assert.Empty(patched.ChangedWords);
        Assert.Equal(BitConverter.ToUInt64(SiliconLayout.Background[16..]), next.End[Register.RCX]);
    }

    [Fact(SkipUnless = nameof(NativeHost.IsThere), SkipType = typeof(NativeHost), Skip = NativeHost.SkipReason)]
    public void WriteToReadOnlyPage_IsAPageFault()
        => AssertPageFault(
            a => a.mov(__[rbx], rax), SiliconLayout.DataStart + 0xFF9, SiliconLayout.DataStart + 0xFF9, errorCode: 7);

    [Fact(SkipUnless = nameof(NativeHost.IsThere), SkipType = typeof(NativeHost), Skip = NativeHost.SkipReason)]
    public void AccessAcrossTheEnd_FaultsAtTheMissingPage_AndWritesNothing()
        => AssertPageFault(a => a.mov(__[rbx], rax), Unmapped - 3, Unmapped, errorCode: 6);

    [Fact(SkipUnless = nameof(NativeHost.IsThere), SkipType = typeof(NativeHost), Skip = NativeHost.SkipReason)]
    public void NonCanonicalAddress_IsAGeneralProtectionFault()
    {
        ProcessorState start = Start();
        start[Register.RBX] = NonCanonical;

        CaseOutcome outcome = Run(a => a.mov(rax, __[rbx]), start);

        Assert.Equal((13, 0UL, 0UL), (outcome.Vector, outcome.ErrorCode, outcome.Address));
        Assert.Equal(Code, outcome.End.Rip);
    }

    [Fact(SkipUnless = nameof(NativeHost.IsThere), SkipType = typeof(NativeHost), Skip = NativeHost.SkipReason)]
    public void NonCanonicalStack_IsAStackFault()
    {
        ProcessorState start = Start();
        start[Register.RSP] = NonCanonical;

        CaseOutcome outcome = Run(a => a.push(rax), start);

        Assert.Equal((12, 0UL), (outcome.Vector, outcome.ErrorCode));
        Assert.Equal(NonCanonical, outcome.End[Register.RSP]);
    }

    [Fact(SkipUnless = nameof(NativeHost.IsThere), SkipType = typeof(NativeHost), Skip = NativeHost.SkipReason)]
    public void DivisionByZero_IsADivideError()
    {
        CaseOutcome outcome = Run(a => a.div(rbx), Start());

        Assert.Equal(0, outcome.Vector);
        Assert.Equal(Code, outcome.End.Rip);
    }

    [Fact(SkipUnless = nameof(NativeHost.IsThere), SkipType = typeof(NativeHost), Skip = NativeHost.SkipReason)]
    public void PrivilegedInstruction_IsAGeneralProtectionFault() => Assert.Equal(13, Run(a => a.hlt(), Start()).Vector);

    [Fact(SkipUnless = nameof(NativeHost.IsThere), SkipType = typeof(NativeHost), Skip = NativeHost.SkipReason)]
    public void UndefinedInstruction_IsSaidSo() => Assert.Equal(6, Run(a => a.ud2(), Start()).Vector);

    [Fact(SkipUnless = nameof(NativeHost.IsThere), SkipType = typeof(NativeHost), Skip = NativeHost.SkipReason)]
    public void UnmaskedSseException_IsSaidSo()
    {
        ProcessorState start = Start();
        start.Fpu.Mxcsr = FpuRegisters.InitialMxcsr & ~(1U << 9);
        start.Fpu.Xmm[1] = BitConverter.SingleToUInt32Bits(1f);

        CaseOutcome outcome = Run(a => a.divss(xmm1, xmm2), start);

        Assert.Equal(19, outcome.Vector);
        Assert.Equal(start.Fpu.Mxcsr | (1U << 2), outcome.End.Fpu.Mxcsr);
    }

    [Fact(SkipUnless = nameof(NativeHost.IsThere), SkipType = typeof(NativeHost), Skip = NativeHost.SkipReason)]
    public void SegmentBases_AreTheLayouts()
    {
        CaseOutcome outcome = Run(
            a =>
            {
                a.mov(rax, __.fs[0]);
                a.mov(rbx, __.gs[8]);
            },
            Start());

        Assert.Equal(BitConverter.ToUInt64(SiliconLayout.Background[0x1010..]), outcome.End[Register.RAX]);
        Assert.Equal(BitConverter.ToUInt64(SiliconLayout.Background[0x2010..]), outcome.End[Register.RBX]);
    }

    [Fact(SkipUnless = nameof(NativeHost.IsThere), SkipType = typeof(NativeHost), Skip = NativeHost.SkipReason)]
    public void CodeAcrossTheEnd_FaultsInFetching()
    {
        SiliconCase item = Case(a => a.mov(rax, 0x1234_5678_9ABC_DEF0), Start(), SiliconLayout.CodeSize - 4);

        CaseOutcome outcome = native.Processor.Run(item with { Code = item.Code[..4] });

        Assert.Equal((14, 0x14UL, SiliconLayout.CodeEnd), (outcome.Vector, outcome.ErrorCode, outcome.Address));
        Assert.Equal(SiliconLayout.CodeEnd - 4, outcome.End.Rip);
    }

    [Fact(SkipUnless = nameof(NativeHost.IsThere), SkipType = typeof(NativeHost), Skip = NativeHost.SkipReason)]
    public void JumpIntoData_FaultsInFetching()
    {
        ProcessorState start = Start();
        start[Register.RAX] = SiliconLayout.WritableMiddle + 5;

        CaseOutcome outcome = Run(a => a.jmp(rax), start);

        Assert.Equal((14, 0x15UL, SiliconLayout.WritableMiddle + 5), (outcome.Vector, outcome.ErrorCode, outcome.Address));
        Assert.Equal(SiliconLayout.WritableMiddle + 5, outcome.End.Rip);
    }

    [Fact(SkipUnless = nameof(NativeHost.IsThere), SkipType = typeof(NativeHost), Skip = NativeHost.SkipReason)]
    public void EndlessLoop_IsBroken_AndTheNextCaseRuns()
    {
        CaseOutcome outcome = Run(
            a =>
            {
                Label here = a.CreateLabel();
                a.Label(ref here);
                a.jmp(here);
            },
            Start());

        Assert.Equal(CaseOutcome.Endless, outcome.Vector);
        Assert.Equal(CaseOutcome.Ended, Run(a => a.nop(), Start()).Vector);
    }

    [Fact(SkipUnless = nameof(NativeHost.IsThere), SkipType = typeof(NativeHost), Skip = NativeHost.SkipReason)]
    public void FlagsThatNoSignalFrameSets_DoNotStay()
    {
        ProcessorState start = Start();
        start[Register.RSP] = SiliconLayout.WritableMiddle;
        const ulong Lasting = ControlBits.FlagNestedTask | ControlBits.FlagIdentification | ControlBits.FlagAlignmentCheck;
        MemoryPatch flags = new(0x2000, BitConverter.GetBytes(Lasting | 0xCD5));

        CaseOutcome outcome = Run(a => a.popfq(), start, flags);
        CaseOutcome next = Run(a => a.nop(), Start());

        Assert.Equal(Lasting | 0xCD5 | SiliconLayout.UserFlags, outcome.End.Rflags);
        Assert.Equal(SiliconLayout.UserFlags, next.End.Rflags);
    }

    [Fact(SkipUnless = nameof(NativeHost.IsThere), SkipType = typeof(NativeHost), Skip = NativeHost.SkipReason)]
    public void ManyCases_AreAnsweredInTheirOrder()
    {
        var cases = new List<SiliconCase>();
        for (int i = 0; i < (2 * NativeProtocol.MostCases) + 7; i++)
        {
            ProcessorState start = Start();
            start[Register.RAX] = (ulong)i;
            cases.Add(Case(a => a.inc(rax), start, codeOffset: i));
        }

        CaseOutcome[] outcomes = native.Processor.Run(cases);

        Assert.Equal(Enumerable.Range(1, cases.Count).Select(value => (ulong)value), outcomes.Select(o => o.End[Register.RAX]));
    }

    private void AssertPageFault(Action<Assembler> write, ulong rbx, ulong address, ulong errorCode)
    {
        ProcessorState start = Start();
        start[Register.RBX] = rbx;

        CaseOutcome outcome = Run(write, start);

        Assert.Equal((14, errorCode, address), (outcome.Vector, outcome.ErrorCode, outcome.Address));
        Assert.Equal(Code, outcome.End.Rip);
        Assert.Empty(outcome.ChangedWords);
    }

    /// <summary>Random cases seldom come there: an operand that is not aligned and begins or ends where there are no
    /// addresses.</summary>
    [Theory(SkipUnless = nameof(SiliconTests.CanCompare), SkipType = typeof(SiliconTests), Skip = NativeHost.SkipReason)]
    [InlineData(0x7FFF_FFFF_FFFF)]
    [InlineData(0x7FFF_FFFF_FFF9)]
    [InlineData(0x8000_0000_0001)]
    [InlineData(0xFFFF_7FFF_FFFF_FFFF)]
    public void UnalignedOperand_WhereAddressesEnd_FailsAsTheProcessorSays(ulong address)
    {
        ProcessorState start = Start();
        start.Rflags |= ControlBits.FlagAlignmentCheck;
        start[Register.RBX] = address;
        Action<Assembler>[] codes =
        [
            a => a.mov(ax, __word_ptr[rbx]), a => a.mov(eax, __dword_ptr[rbx]), a => a.mov(rax, __qword_ptr[rbx]),
            a => a.mov(__word_ptr[rbx], ax), a => a.add(__dword_ptr[rbx], eax), a => a.mov(__qword_ptr[rbx], rax),
        ];
        Compare(codes, start);
    }

    /// <summary>As above: the target of a call is no address, and what it would push is not aligned.</summary>
    [Theory(SkipUnless = nameof(SiliconTests.CanCompare), SkipType = typeof(SiliconTests), Skip = NativeHost.SkipReason)]
    [InlineData(0)]
    [InlineData(1)]
    public void CallOfWhatIsNoAddress_FailsAsTheProcessorSays(uint misalignment)
    {
        ProcessorState start = Start();
        start.Rflags |= ControlBits.FlagAlignmentCheck;
        start[Register.RSP] = SiliconLayout.WritableMiddle + misalignment;
        start[Register.RBX] = SiliconLayout.DataStart + 16;
        start[Register.RAX] = NonCanonical;
        var target = new MemoryPatch(16, BitConverter.GetBytes(NonCanonical));
        Compare([a => a.call(rax), a => a.call(__qword_ptr[rbx])], start, target);
    }

    private void Compare(Action<Assembler>[] codes, ProcessorState start, params MemoryPatch[] patches)
    {
        using var machine = new MachineProcessor(Machines.Software);
        var comparison = new SiliconComparison(native.Processor, machine);
        comparison.Run([.. codes.Select(code => Case(code, start, patches: patches))], static _ => CaseStop.Handler);
        Assert.True(comparison.Different == 0, comparison.Reports);
    }

    private CaseOutcome Run(Action<Assembler> write, ProcessorState start, params MemoryPatch[] patches)
        => native.Processor.Run(Case(write, start, patches: patches));

    private static ProcessorState Start() => new() { Rip = Code };

    private static SiliconCase Case(
        Action<Assembler> write, ProcessorState start, int codeOffset = 0, params MemoryPatch[] patches)
    {
        var assembler = new Assembler(64);
        write(assembler);
        var code = new MemoryStream();
        start.Rip = Code + (ulong)codeOffset;
        assembler.Assemble(new StreamCodeWriter(code), start.Rip);
        return new SiliconCase
        {
            Code = code.ToArray(),
            CodeOffset = codeOffset,
            Start = start,
            Patches = patches,
            Instructions = [.. assembler.Instructions],
        };
    }
}
