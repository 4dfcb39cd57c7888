using Spectre.Console;

namespace Lodge.Cli;

/// <summary>Parts that lie next to each other.</summary>
/// <param name="Name">What they are together.</param>
/// <param name="Range">Where they lie, guest-physical.</param>
/// <param name="Parts">By address; none is empty.</param>
internal sealed record MapBlock(string Name, GuestRange Range, IReadOnlyList<MapPart> Parts)
{
    /// <summary>What a layout consists of.</summary>
    public static IReadOnlyList<MapBlock> Of(SandboxLayout layout)
    {
        List<MapPart> image = [];
        foreach (SandboxRegion region in layout.Regions)
        {
            if (region.Kind != SandboxRegionKind.Scratch)
                image.Add(PartOf(region));
        }

        GuestAddress end = layout.Scratch.Start + layout.Scratch.Length;
        MapPart[] scratch =
        [
            new("input buffer", 'i', Color.Fuchsia, layout.Input, MemoryAccess.ReadWrite),
            new("output buffer", 'o', Color.Purple, layout.Output, MemoryAccess.ReadWrite),
            new("page tables, then pages that the guest takes", 't', Color.Aqua, Between(layout.PageTables, layout.FreeEnd),
                MemoryAccess.ReadWrite),
            new("exception stack and bookkeeping", 'e', Color.Red, Between(layout.FreeEnd, end), MemoryAccess.ReadWrite),
        ];
        return [new("image", layout.Image, image), new("scratch", layout.Scratch, scratch)];
    }

    private static MapPart PartOf(SandboxRegion region)
    {
        (string name, char letter, Color color) = region.Kind switch
        {
            SandboxRegionKind.Code => ("binary", 'b', Color.Blue),
            SandboxRegionKind.Peb => ("PEB: where things are", 'p', Color.Yellow),
            SandboxRegionKind.Heap => ("heap", 'h', Color.Lime),
            SandboxRegionKind.InitData => ("init data", 'd', Color.Olive),
            SandboxRegionKind.Snapshot => ("pages of a snapshot", 's', Color.Teal),
            SandboxRegionKind.MappedFile => ("mapped file", 'm', Color.Silver),
            _ => (region.Kind.ToString(), '?', Color.Grey),
        };
        return new MapPart(name, letter, color, region.Range, region.Access);
    }

    private static GuestRange Between(GuestAddress start, GuestAddress end) => new(start, end - start);
}
