namespace Lodge.Cli;

/// <summary>A sandbox's memory as <c>--json</c> writes it. Addresses are in hexadecimal; the end is the first address that is not
/// in a part.</summary>
internal sealed class MapReport(GuestSetup setup, SandboxLayout layout, IReadOnlyList<MapBlock> blocks)
{
    public string Guest { get; } = setup.Path;

    public string Engine { get; } = setup.Engine.Name;

    public ulong PageBytes { get; } = SandboxLayout.PageBytes;

    /// <summary>Where the guest sees scratch, guest-virtual.</summary>
    public RangeReport Window { get; } = new("window", layout.Window, "rw-", null);

    public IReadOnlyList<RangeReport> Blocks { get; } =
    [
        .. blocks.Select(static block => new RangeReport(
            block.Name,
            block.Range,
            null,
            [.. block.Parts.Select(static part => new RangeReport(
                part.Name, part.Range, SandboxRegion.Letters(part.Access), null))])),
    ];

    internal sealed class RangeReport(string name, GuestRange range, string? access, IReadOnlyList<RangeReport>? parts)
    {
        public string Name { get; } = name;

        public string Start { get; } = $"0x{range.Start.Value:x}";

        public string End { get; } = $"0x{range.Start.Value + range.Length:x}";

        public ulong Bytes { get; } = range.Length;

        public string? Access { get; } = access;

        public IReadOnlyList<RangeReport>? Parts { get; } = parts;
    }
}
