using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Every kind of table that walks are compared over.</summary>
internal static class WalkVariants
{
    private static readonly Dictionary<string, WalkVariant> ByName = X64Variants.All
        .Concat(EptVariants.All)
        .Concat(AArch64Stage1Variants.All)
        .Concat(AArch64Stage2Variants.All)
        .Concat(RiscVVariants.All)
        .ToDictionary(variant => variant.Name);

    public static WalkVariant Get(string name) => ByName[name];

    /// <summary>The names of all variants of an architecture.</summary>
    public static TheoryData<string> Names(string architecture)
        => [.. ByName.Keys.Where(name => name.StartsWith(architecture, StringComparison.Ordinal))];
}
