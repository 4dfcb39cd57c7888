namespace Lodge.Cli;

/// <summary>A run of pages as <c>--json</c> writes it. Addresses are in hexadecimal; the end is the first address that is not in
/// it.</summary>
internal sealed class PagesReport(MapPart part)
{
    public string Name { get; } = part.Name;

    public string Start { get; } = $"0x{part.Range.Start.Value:x}";

    public string End { get; } = MapWords.End(part.Range);

    public ulong Pages { get; } = part.Pages;

    public string Access { get; } = SandboxRegion.Letters(part.Access);

    public bool CopiedWhenWritten { get; } = part.IsCopiedWhenWritten;

    public string Target { get; } = MapWords.Target(part);
}
