using Iced.Intel;
using Xunit;

namespace Lodge.Machines.Tests.Silicon;

/// <summary>The control: a comparison that finds nothing wrong proves something only if it would have found it.</summary>
public sealed class CaseComparerTests(NativeFixture native) : IClassFixture<NativeFixture>
{
    private const int Cases = 2000;

    [Fact(SkipUnless = nameof(NativeHost.IsThere), SkipType = typeof(NativeHost), Skip = NativeHost.SkipReason)]
    public void EqualOutcomes_AreEqual()
        => ForEach((item, outcome, _) => Assert.Empty(CaseComparer.Differences(item, outcome, outcome)));

    [Fact(SkipUnless = nameof(NativeHost.IsThere), SkipType = typeof(NativeHost), Skip = NativeHost.SkipReason)]
    public void WrongBitOfAGeneralRegister_IsNoticed()
        => AssertNoticed((end, random) => end.General[random.Below(16)] ^= 1UL << random.Below(32));

    [Fact(SkipUnless = nameof(NativeHost.IsThere), SkipType = typeof(NativeHost), Skip = NativeHost.SkipReason)]
    public void WrongRip_IsNoticed() => AssertNoticed((end, random) => end.Rip ^= 1UL << random.Below(64));

    [Fact(SkipUnless = nameof(NativeHost.IsThere), SkipType = typeof(NativeHost), Skip = NativeHost.SkipReason)]
    public void WrongDirectionFlag_IsNoticed() => AssertNoticed((end, _) => end.Rflags ^= ControlBits.FlagDirection);

    [Fact(SkipUnless = nameof(NativeHost.IsThere), SkipType = typeof(NativeHost), Skip = NativeHost.SkipReason)]
    public void WrongBitOfMxcsr_IsNoticed() => AssertNoticed((end, random) => end.Fpu.Mxcsr ^= 1U << random.Below(16));

    [Fact(SkipUnless = nameof(NativeHost.IsThere), SkipType = typeof(NativeHost), Skip = NativeHost.SkipReason)]
    public void WrongBitOfAnX87Register_IsNoticed()
        => AssertNoticed((end, random) => end.Fpu.St[random.Below(8)] ^= UInt128.One << random.Below(80));

    /// <summary>The approximate results are the exception, of which a lane's lowest bits may be anything.</summary>
    [Fact(SkipUnless = nameof(NativeHost.IsThere), SkipType = typeof(NativeHost), Skip = NativeHost.SkipReason)]
    public void WrongBitOfAnXmmRegister_IsNoticed()
        => AssertNoticed((end, random) => end.Fpu.Xmm[random.Below(16)] ^= UInt128.One << ((32 * random.Below(4)) + 31), IsExact);

    [Fact(SkipUnless = nameof(NativeHost.IsThere), SkipType = typeof(NativeHost), Skip = NativeHost.SkipReason)]
    public void WrongArithmeticFlag_IsNoticedWhereItIsDefined() => ForEach((item, outcome, random) =>
    {
        ulong flag = random.Pick<ulong>(
            [ControlBits.FlagCarry, ControlBits.FlagParity, ControlBits.FlagAdjust, ControlBits.FlagZero, ControlBits.FlagSign,
                ControlBits.FlagOverflow]);
        ulong undefined = item.IndexOf(outcome.End.Rip) == 0
            ? 0
            : UndefinedFlags.After(item.Instructions[0], (byte)item.Start[Register.RCX]);
        ProcessorState wrong = outcome.End.Clone();
        wrong.Rflags ^= flag;

        bool isNoticed = CaseComparer.Differences(item, outcome, outcome with { End = wrong }).Count > 0;
        Assert.Equal((undefined & flag) == 0 && IsDefined(item, outcome), isNoticed);
    });

    [Fact(SkipUnless = nameof(NativeHost.IsThere), SkipType = typeof(NativeHost), Skip = NativeHost.SkipReason)]
    public void WrongByteOfMemory_IsNoticed() => ForEach((item, outcome, random) =>
    {
        byte[] data = item.Data();
        int index = random.Below(data.Length / 8);
        if (outcome.ChangedWords.Any(word => word.Index == index) || !IsDefined(item, outcome) || !IsExact(item))
            return;

        ulong word = BitConverter.ToUInt64(data, 8 * index) ^ (1UL << random.Below(64));
        CaseOutcome wrong = outcome with { ChangedWords = [.. outcome.ChangedWords, (index, word)] };

        Assert.NotEmpty(CaseComparer.Differences(item, outcome, wrong));
    });

    [Fact(SkipUnless = nameof(NativeHost.IsThere), SkipType = typeof(NativeHost), Skip = NativeHost.SkipReason)]
    public void MissingStore_IsNoticed() => ForEach((item, outcome, _) =>
    {
        if (outcome.ChangedWords.Count == 0 || !IsDefined(item, outcome) || !IsExact(item))
            return;

        CaseOutcome wrong = outcome with { ChangedWords = [.. outcome.ChangedWords.Skip(1)] };

        Assert.NotEmpty(CaseComparer.Differences(item, outcome, wrong));
    });

    [Fact(SkipUnless = nameof(NativeHost.IsThere), SkipType = typeof(NativeHost), Skip = NativeHost.SkipReason)]
    public void WrongFault_IsNoticed() => ForEach((item, outcome, _) =>
    {
        // Where which of two faults comes first is open.
        if (FaultComparer.HasOpenOrder(item.Instructions[0]))
            return;

        Assert.NotEmpty(CaseComparer.Differences(item, outcome, outcome with { Vector = outcome.Vector ^ 16 }));
        Assert.NotEmpty(CaseComparer.Differences(item, outcome, outcome with { ErrorCode = outcome.ErrorCode ^ 2 }));
        Assert.NotEmpty(CaseComparer.Differences(item, outcome, outcome with { Address = outcome.Address ^ 1 }));
    });

    private void AssertNoticed(Action<ProcessorState, CaseRandom> spoil, Func<SiliconCase, bool>? applies = null)
        => ForEach((item, outcome, random) =>
        {
            if (!IsDefined(item, outcome) || applies?.Invoke(item) == false)
                return;

            ProcessorState wrong = outcome.End.Clone();
            spoil(wrong, random);
            Assert.NotEmpty(CaseComparer.Differences(item, outcome, outcome with { End = wrong }));
        });

    private void ForEach(Action<SiliconCase, CaseOutcome, CaseRandom> check)
    {
        List<SiliconCase> cases = SiliconTests.MakeCases(0, Cases);
        CaseOutcome[] outcomes = native.Processor.Run(cases);
        var random = new CaseRandom(SiliconOptions.Seed);
        for (int i = 0; i < cases.Count; i++)
            check(cases[i], outcomes[i], random);
    }

    private static bool IsDefined(SiliconCase item, CaseOutcome outcome)
        => item.IndexOf(outcome.End.Rip) == 0
            || !UndefinedFlags.IsShiftTooLong(item.Instructions[0], (byte)item.Start[Register.RCX]);

    // Where all of an XMM register and of memory is compared.
    private static bool IsExact(SiliconCase item) => item.Instructions[0].Mnemonic is not (
        Mnemonic.Rcpps or Mnemonic.Rcpss or Mnemonic.Rsqrtps or Mnemonic.Rsqrtss or Mnemonic.Fxsave or Mnemonic.Fxsave64
        or Mnemonic.Enter);
}
