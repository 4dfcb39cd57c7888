using Xunit;

namespace Lodge.Sandbox.Tests;

/// <summary>What the software engine keeps of a guest's code.</summary>
[Collection(QuietProcess.Name)]
public sealed class CodeMemoryTests
{
    /// <summary>Instructions that end on a page of other memory than they begin on, of which the guest has two.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Guest_ThatIsNoMore_LeavesNoMoreOfItsCodeThanTheBudget(bool endsInImage)
    {
        using Sandbox first = Create(null);
        using Snapshot clean = first.TakeSnapshot();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < 3; i++)
        {
            using (Sandbox sandbox = Create(clean))
            {
                sandbox.Call<int>("CrossPages", 300_000u, endsInImage);
                sandbox.Restore(clean);
                Assert.InRange(Kept("restored"), long.MinValue, SoftwareOptions.DefaultTranslationBudget);
            }

            Assert.InRange(Kept("disposed of"), long.MinValue, SoftwareOptions.DefaultTranslationBudget);
        }

        long Kept(string when)
        {
            long kept = GC.GetTotalMemory(forceFullCollection: true) - before;
            TestContext.Current.SendDiagnosticMessage($"ends in the image: {endsInImage}, {when}: {kept >> 20} MiB");
            return kept;
        }
    }

    private static Sandbox Create(Snapshot? snapshot)
        => snapshot is null
            ? Sandbox.Create(HostileGuest.Path, static options => options.Engine = Machines.Machines.Software)
            : Sandbox.Create(snapshot, static options => options.Engine = Machines.Machines.Software);
}
