namespace Lodge.Paging.Tests;

/// <summary>Generated tables, a regime that uses them, and the oracle for it.</summary>
/// <param name="World">The memory.</param>
/// <param name="Regime">What the library makes of the registers.</param>
/// <param name="MakeOracle">The oracle over the same registers.</param>
/// <param name="NextAddress">Makes addresses that the regime mostly translates.</param>
internal sealed record WalkCase(
    PageWorld World, TranslationRegime Regime, Func<AccessedDirty, PageOracle> MakeOracle, Func<Random,
    ulong> NextAddress) : IDisposable
{
    public void Dispose() => World.Dispose();
}
