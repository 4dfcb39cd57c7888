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
        bool isTranslated = new WalkComparison(walker, expected, address, access, privilege).Translate();
        world.Apply(expected.Updates);

        // Once more, now that what there was to set is set.
        expected = oracle.Translate(address, access, privilege == Privilege.User);
        if (expected.Updates.Count != 0)
            throw new InvalidOperationException($"the oracle sets twice what it set: {string.Join(", ", expected.Updates)}");

        new WalkComparison(walker, expected, address, access, privilege).Walk();
        return isTranslated;
    }
}
