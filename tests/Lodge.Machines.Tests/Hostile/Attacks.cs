namespace Lodge.Machines.Tests;

/// <summary>All attacks that a guest makes without the host's help.</summary>
internal static class Attacks
{
    public static IReadOnlyList<Attack> All { get; } =
    [
        .. ControlAttacks.All(),
        .. PortAttacks.All(),
        .. MmioAttacks.All(),
        .. StringAttacks.All(),
        .. CodeAttacks.All(),
        .. PageTableAttacks.All(),
        .. FaultAttacks.All(),
        .. SelectorAttacks.All(),
        .. SystemAttacks.All(),
    ];
}
