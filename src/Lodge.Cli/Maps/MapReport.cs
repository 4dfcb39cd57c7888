namespace Lodge.Cli;

/// <summary>A sandbox's memory as <c>--json</c> writes it. Addresses are in hexadecimal; the end is the first address that is not
/// in a part.</summary>
internal sealed class MapReport(GuestSetup setup, MapDrawing drawing)
{
    public string Guest { get; } = setup.Path;

    public string Engine { get; } = setup.Engine.Name;

    public ulong PageBytes { get; } = SandboxLayout.PageBytes;

    /// <summary>Where the guest sees scratch, guest-virtual.</summary>
    public RangeReport Window { get; } = new("window", drawing.Layout.Window, "rw-", null);

    public IReadOnlyList<RangeReport> Blocks { get; } =
    [
        .. drawing.Blocks.Select(static block => new RangeReport(
            block.Name,
            block.Range,
            null,
            [.. block.Parts.Select(static part => new RangeReport(
                part.Name, part.Range, SandboxRegion.Letters(part.Access), null))])),
    ];

    /// <summary>Runs of pages as they are mapped, guest-virtual, by address; the target is where the first leads,
    /// guest-physical.</summary>
    public IReadOnlyList<PagesReport> Pages { get; } =
        [.. drawing.Pages.SelectMany(static block => block.Parts).Select(static part => new PagesReport(part))];

    /// <summary>Whether more pages are mapped than these.</summary>
    public bool PagesAreCutShort { get; } = drawing.IsCutShort;

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
