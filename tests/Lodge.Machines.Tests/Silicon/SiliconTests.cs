using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace Lodge.Machines.Tests.Silicon;

/// <summary>The software CPU does what the processor does: every form of an instruction, with operands of all kinds.</summary>
public sealed class SiliconTests(NativeFixture native, ITestOutputHelper output) : IClassFixture<NativeFixture>
{
    private const int Chunk = 1000;
    private const int BlocksSalt = 1;
    private const int CompiledSalt = 0x1000_0000;
    private const int CasesOfACompilingMachine = 12;

    /// <summary>A form that is compared has to have been seen at its end so often, unless it never comes to one.</summary>
    private const int FewestEnds = 8;

    /// <summary>For <c>SkipUnless</c>.</summary>
    public static bool CanCompare => NativeHost.IsThere && Machines.Software.IsAvailable;

    [Fact(SkipUnless = nameof(CanCompare), Skip = NativeHost.SkipReason)]
    public void EveryForm_DoesWhatTheProcessorDoes()
    {
        using var machine = new MachineProcessor(Machines.Software);
        var comparison = new SiliconComparison(native.Processor, machine);
        int count = Math.Max(SiliconOptions.Cases, InstructionForms.All.Count * FewestEnds * 3);
        var time = Stopwatch.StartNew();
        for (int done = 0; done < count; done += Chunk)
        {
            int first = done;
            List<SiliconCase> cases = MakeCases(first, Math.Min(Chunk, count - done));
            comparison.Run(cases, index => StopOf(cases[index], first + index));
        }

        Tell(comparison, time);
        Assert.True(comparison.Different == 0, comparison.Reports);
        string[] unseen =
        [
            .. InstructionForms.All
                .Where(form => InstructionForms.AlwaysFaultsBecause(form) is null)
                .Where(form => comparison.Ended.GetValueOrDefault(form.Code) < FewestEnds)
                .Select(form => $"{form.Code} {comparison.Ended.GetValueOrDefault(form.Code)}"),
        ];
        Assert.True(unseen.Length == 0, $"Hardly seen without a fault: {string.Join(", ", unseen)}");
    }

    [Fact(SkipUnless = nameof(CanCompare), Skip = NativeHost.SkipReason)]
    public void EveryBlock_DoesWhatTheProcessorDoes()
    {
        using var machine = new MachineProcessor(Machines.Software);
        var comparison = new SiliconComparison(native.Processor, machine);
        int count = Math.Max(SiliconOptions.Cases / 3, 1);
        var time = Stopwatch.StartNew();
        for (int done = 0; done < count; done += Chunk)
        {
            int first = done;
            comparison.Run(
                [.. Enumerable.Range(first, Math.Min(Chunk, count - done)).Select(MakeBlock)],
                index => index % 2 == 0 ? CaseStop.Breakpoint : CaseStop.Handler);
        }

        Tell(comparison, time);
        Assert.True(comparison.Different == 0, comparison.Reports);
    }

    /// <summary>The same with code that is compiled: by itself as soon as it was executed once, and together with what follows it
    /// a little later.</summary>
    [Theory(SkipUnless = nameof(CanCompare), Skip = NativeHost.SkipReason)]
    [InlineData(1)]
    [InlineData(3)]
    public void CompiledCode_DoesWhatTheProcessorDoes(int compilesAfter)
    {
        var engine = new SoftwareEngine(new SoftwareOptions { CompilesAfter = compilesAfter, CompilesAtOnce = true });
        using var machine = new MachineProcessor(engine, CasesOfACompilingMachine);
        var comparison = new SiliconComparison(native.Processor, machine, compilesAfter + 1);
        int count = Math.Max(SiliconOptions.Cases / 30, 1);
        var time = Stopwatch.StartNew();
        for (int done = 0; done < count; done += Chunk)
        {
            int first = done + (CompiledSalt * compilesAfter);
            IEnumerable<int> numbers = Enumerable.Range(first, Math.Min(Chunk, count - done));
            SiliconCase[] cases = [.. numbers.Select(index => index % 2 == 0 ? MakeBlock(index) : MakeCase(index))];
            comparison.Run(cases, _ => CaseStop.Handler);
        }

        Tell(comparison, time);
        Assert.True(comparison.Different == 0, comparison.Reports);
    }

    internal static List<SiliconCase> MakeCases(int first, int count)
    {
        var cases = new List<SiliconCase>(count);
        for (int i = first; i < first + count; i++)
            cases.Add(MakeCase(i));

        return cases;
    }

    private static SiliconCase MakeCase(int index)
    {
        InstructionForm form = InstructionForms.All[index % InstructionForms.All.Count];
        return new CaseGenerator(CaseRandom.ForCase(SiliconOptions.Seed, (ulong)index)).Make(form);
    }

    internal static SiliconCase MakeBlock(int index)
        => new BlockGenerator(CaseRandom.ForCase(SiliconOptions.Seed + BlocksSalt, (ulong)index)).Make();

    private static CaseStop StopOf(SiliconCase item, int index) => (index / InstructionForms.All.Count % 4) switch
    {
        // The guest's own debugger and the host's do not step at the same time.
        _ when (item.Start.Rflags & ControlBits.FlagTrap) != 0 => CaseStop.Handler,
        2 => CaseStop.Handler,
        3 => CaseStop.Step,
        _ => CaseStop.Breakpoint,
    };

    private void Tell(SiliconComparison comparison, Stopwatch time)
        => output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{comparison.Summary}; {comparison.Compared / time.Elapsed.TotalSeconds:F0} a second; seed {SiliconOptions.Seed}"));
}
