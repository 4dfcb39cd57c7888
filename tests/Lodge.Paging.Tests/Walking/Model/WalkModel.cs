using System.Globalization;
using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Compares the walker with the oracle over generated tables.</summary>
/// <remarks><c>LODGE_MODEL_SEED</c> runs one seed alone, <c>LODGE_MODEL_RUNS</c> so many of them.</remarks>
internal static class WalkModel
{
    private const int Runs = 6;
    private const int AddressesPerRun = 100;

    public static void Check(string variant, AccessedDirty mode)
    {
        string? only = Environment.GetEnvironmentVariable("LODGE_MODEL_SEED");
        int runs = int.TryParse(
            Environment.GetEnvironmentVariable("LODGE_MODEL_RUNS"), CultureInfo.InvariantCulture, out int wanted)
            ? wanted
            : Runs;
        int first = only is null ? 0 : int.Parse(only, CultureInfo.InvariantCulture);
        int translated = 0;
        for (int seed = first; seed < (only is null ? runs : first + 1); seed++)
        {
            try
            {
                translated += RunSeed(WalkVariants.Get(variant), mode, seed);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException(
                    $"LODGE_MODEL_SEED={seed}, {variant}, {mode}: {exception.Message}", exception);
            }
        }

        // A model that never gets to a page would agree with anything.
        Assert.True(
            only is not null || runs < Runs || translated > runs * 20, $"{variant}: {translated} translations in {runs} runs");
    }

    private static int RunSeed(WalkVariant variant, AccessedDirty mode, int seed)
    {
        var random = new Random(seed);
        using WalkCase @case = variant.Make(random, mode == AccessedDirty.Update);
        if (mode != AccessedDirty.Ignore)
            mode = @case.Regime.ProcessorAccessedDirty;

        var walker = new PageWalker(@case.World.Memory, @case.Regime, new PageWalkerOptions { AccessedDirty = mode });
        PageOracle oracle = @case.MakeOracle(mode);
        int translated = 0;
        for (int i = 0; i < AddressesPerRun; i++)
        {
            ulong address = @case.NextAddress(random);
            for (int access = 0; access < 8; access++)
            {
                translated += Compare(@case.World, walker, oracle, address, (MemoryAccess)access, Privilege.Supervisor) ? 1 : 0;
                translated += Compare(@case.World, walker, oracle, address, (MemoryAccess)access, Privilege.User) ? 1 : 0;
            }
        }

        if (@case.World.FindDifference() is { } different)
            throw new InvalidOperationException($"the memory at 0x{different:x} is not what the oracle left");

        return translated;
    }

    private static bool Compare(
        PageWorld world, PageWalker walker, PageOracle oracle, ulong address, MemoryAccess access, Privilege privilege)
    {
        OracleResult expected = oracle.Translate(address, access, privilege == Privilege.User);
        bool isTranslated = walker.TryTranslate(
            address, access, privilege, out PageTranslation translation, out PageWalkFailure failure);
        string what = $"{access} of {privilege} at 0x{address:x}, root {walker.Regime.Lower?.Root}, {walker.Regime.Upper?.Root}";
        Compare(what, expected, isTranslated, translation, failure, access);
        world.Apply(expected.Updates);

        // Once more, now that what there was to set is set.
        PageWalk walk = walker.Walk(address, access, privilege);
        expected = oracle.Translate(address, access, privilege == Privilege.User);
        Compare($"the walk for {what}", expected, walk.IsTranslated, walk.Translation, walk.Failure, access);
        Expect(what, "entries", string.Join(", ", expected.Entries), string.Join(", ", StepsOf(walk)));
        Expect(what, "the walk's address", new GuestAddress(address), walk.Address);
        Expect(what, "updates of what was set", 0, expected.Updates.Count);
        return isTranslated;
    }

    private static void Compare(
        string what, OracleResult expected, bool isTranslated, PageTranslation translation, PageWalkFailure failure,
        MemoryAccess access)
    {
        Expect(what, "outcome", expected.Kind, failure.Kind);
        Expect(what, "success", expected.Kind == PageWalkFailureKind.None, isTranslated);
        if (isTranslated)
        {
            Expect(what, "failure", default, failure);
            Expect(what, "address", expected.Address, translation.Address.Value);
            Expect(what, "page", expected.PageBytes, translation.PageSize.Bytes);
            Expect(
                what, "rest of the page", expected.PageBytes - (expected.Address % expected.PageBytes), translation.BytesInPage);
            Expect(what, "rights", new PageRights(expected.Supervisor, expected.User), translation.Rights);
            Expect(what, "memory type", expected.MemoryType, translation.MemoryType);
            Expect(what, "level", expected.Level, translation.Level);
            Expect(what, "entry", expected.Entry, translation.Entry);
            return;
        }

        Expect(what, "translation", default, translation);
        Expect(what, "level", expected.Level, failure.Level);
        Expect(what, "entry's address", expected.EntryAddress, failure.EntryAddress.Value);
        Expect(what, "entry", expected.Entry, failure.Entry);
        Expect(what, "access", access, failure.Access);
        if (expected.Kind == PageWalkFailureKind.Permission)
            Expect(what, "allowed", new PageRights(expected.Supervisor, expected.User), failure.Allowed);
    }

    private static List<OracleStep> StepsOf(PageWalk walk)
    {
        var steps = new List<OracleStep>();
        foreach (PageWalkStep step in walk.Entries)
            steps.Add(new OracleStep(step.Level, step.EntryAddress.Value, step.Entry));

        return steps;
    }

    private static void Expect<T>(string what, string aspect, T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            throw new InvalidOperationException($"{what}: {aspect} should be {Text(expected)}, but is {Text(actual)}");
    }

    private static string Text<T>(T value) => value is ulong number ? $"0x{number:x}" : $"{value}";
}
