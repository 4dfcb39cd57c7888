using Xunit;

namespace Lodge.Machines.Tests.Silicon;

public sealed class CaseGeneratorTests(NativeFixture native) : IClassFixture<NativeFixture>
{
    [Fact]
    public void EveryForm_CanBeWritten()
    {
        var generator = new CaseGenerator(new CaseRandom(1));

        foreach (InstructionForm form in InstructionForms.All)
            Assert.Equal(form.Code, generator.Make(form).Instructions[0].Code);
    }

    [Fact]
    public void SameSeed_MakesTheSameCase()
    {
        for (ulong i = 0; i < 200; i++)
        {
            InstructionForm form = InstructionForms.All[(int)i];
            SiliconCase first = new CaseGenerator(CaseRandom.ForCase(5, i)).Make(form);
            SiliconCase second = new CaseGenerator(CaseRandom.ForCase(5, i)).Make(form);

            Assert.Equal(first.Code, second.Code);
            Assert.Equal(first.Start.General, second.Start.General);
        }
    }

    [Fact]
    public void AnyMxcsr_HasTheBitOfAmdOnlyWithAnotherThatIsNotThere()
    {
        var random = new CaseRandom(1);
        uint[] highs = [.. Enumerable.Range(0, 1_000_000).Select(_ => OperandValues.AnyMxcsr(random) >> 16)];

        Assert.DoesNotContain(2u, highs);
        Assert.Contains(3u, highs);
    }

    [Fact(SkipUnless = nameof(NativeHost.IsThere), SkipType = typeof(NativeHost), Skip = NativeHost.SkipReason)]
    public void TheProcessor_AnswersTheSameTwice()
    {
        List<SiliconCase> cases = SiliconTests.MakeCases(0, 5000);

        CaseOutcome[] first = native.Processor.Run(cases);
        CaseOutcome[] second = native.Processor.Run(cases);

        for (int i = 0; i < cases.Count; i++)
        {
            List<string> differences = CaseComparer.Differences(cases[i], first[i], second[i]);
            Assert.True(differences.Count == 0, CaseReport.Write(cases[i], first[i], second[i], differences));
        }
    }
}
