namespace Lodge.Machines.Tests;

/// <summary>All attacks that a guest makes without the host's help.</summary>
internal static class Attacks
{
    /// <summary>Those by selectors, which are many.</summary>
    public static IReadOnlyList<Attack> OfSelectors { get; } = [.. SelectorAttacks.All()];

    public static IReadOnlyList<Attack> All { get; } =
    [
        .. ControlAttacks.All(),
        .. PortAttacks.All(),
        .. MmioAttacks.All(),
        .. StringAttacks.All(),
        .. CodeAttacks.All(),
        .. PageTableAttacks.All(),
        .. FaultAttacks.All(),
        .. OfSelectors,
        .. SystemAttacks.All(),
    ];
}
