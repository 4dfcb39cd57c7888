namespace Lodge.Fuzz;

/// <summary>The targets by their names.</summary>
internal static class FuzzTargets
{
    private static readonly Dictionary<string, Func<FuzzTarget>> Makers = new(StringComparer.Ordinal)
    {
        ["messages"] = static () => new MessageTarget(),
        ["buffers"] = static () => new BufferTarget(),
        ["elf"] = static () => new ElfTarget(),
        ["guests"] = static () => new GuestTarget(),
        ["snapshots"] = static () => new SnapshotTarget(),
    };

    public static IReadOnlyCollection<string> Names => Makers.Keys;

    public static bool IsKnown(string name) => Makers.ContainsKey(name);

    public static FuzzTarget Create(string name) => Makers[name]();
}
