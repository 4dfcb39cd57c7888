using Spectre.Console;

namespace Lodge.Cli;

/// <summary>A guest's pages as they are mapped, as they are drawn: runs that allow the same and lead to the same part.</summary>
internal static class MapPages
{
    /// <summary>So many ranges are looked at; a guest that has more has them on purpose.</summary>
    public const int MostRanges = 1024;

    /// <summary>The pages in blocks without gaps.</summary>
    /// <param name="mapped">What is mapped, by address.</param>
    /// <param name="layout">The guest's layout.</param>
    /// <param name="parts">What lies where, guest-physical, by address.</param>
    public static IReadOnlyList<MapBlock> Of(
        IReadOnlyList<GuestPages> mapped, SandboxLayout layout, IReadOnlyList<MapPart> parts)
    {
        List<MapBlock> blocks = [];
        List<MapPart> runs = [];
        foreach (GuestPages pages in mapped)
        {
            if (runs.Count != 0 && runs[^1].Range.Start + runs[^1].Range.Length != pages.Range.Start)
                blocks.Add(TakeBlock(runs));

            Add(runs, pages, layout, parts);
        }

        if (runs.Count != 0)
            blocks.Add(TakeBlock(runs));

        return blocks;
    }

    private static MapBlock TakeBlock(List<MapPart> runs)
    {
        MapPart[] parts = [.. runs];
        runs.Clear();
        GuestAddress start = parts[0].Range.Start;
        ulong length = 0;
        foreach (MapPart part in parts)
            length += part.Range.Length;

        return new MapBlock("pages", new GuestRange(start, length), parts);
    }

    /// <summary>Adds pages, a run for each part that they lead to.</summary>
    private static void Add(List<MapPart> runs, GuestPages pages, SandboxLayout layout, IReadOnlyList<MapPart> parts)
    {
        for (ulong done = 0; done < pages.Range.Length;)
        {
            ulong left = pages.Range.Length - done;
            GuestAddress target = pages.Target + done;
            MapPart? part = parts.FirstOrDefault(part => IsIn(part, target));
            ulong length = part is null
                ? UpToNext(parts, target, left)
                : Math.Min(left, ((part.FirstPage + part.Pages) * SandboxLayout.PageBytes) - target.Value);
            GuestAddress address = pages.Range.Start + done;
            (char letter, Color color) = LooksOf(pages);
            runs.Add(new MapPart(
                NameOf(part, address, layout, parts), letter, color, new GuestRange(address, length), pages.Access, target)
            {
                IsCopiedWhenWritten = pages.IsCopiedWhenWritten,
            });
            done += length;
        }
    }

    private static bool IsIn(MapPart part, GuestAddress target)
    {
        ulong page = target.Value / SandboxLayout.PageBytes;
        return page >= part.FirstPage && page - part.FirstPage < part.Pages;
    }

    // Where a guest maps what is no memory, or what somebody else has put there.
    private static ulong UpToNext(IReadOnlyList<MapPart> parts, GuestAddress target, ulong length)
    {
        foreach (MapPart part in parts)
        {
            ulong start = part.FirstPage * SandboxLayout.PageBytes;
            if (part.Pages != 0 && start > target.Value)
                return Math.Min(length, start - target.Value);
        }

        return length;
    }

    private static string NameOf(MapPart? part, GuestAddress address, SandboxLayout layout, IReadOnlyList<MapPart> parts)
    {
        if (part is null)
            return "nothing that the layout knows";

        if (!layout.Scratch.Contains(part.Range.Start) || layout.Window.Contains(address))
            return part.Name;

        // The image is mapped to itself, until the guest writes to it.
        const string Taken = "scratch that the guest has taken";
        MapPart? instead = parts.FirstOrDefault(other => IsIn(other, address));
        return instead is null ? Taken : $"{instead.Name}, in {Taken}";
    }

    private static (char Letter, Color Color) LooksOf(GuestPages pages)
    {
        bool isWritten = (pages.Access & MemoryAccess.Write) != 0;
        bool isExecuted = (pages.Access & MemoryAccess.Execute) != 0;
        return (isWritten, isExecuted, pages.IsCopiedWhenWritten) switch
        {
            (true, true, _) => ('!', Color.Red),
            (true, false, _) => ('w', Color.Yellow),
            (false, true, false) => ('x', Color.Lime),
            (false, _, true) => ('c', Color.Aqua),
            _ => ('r', Color.Silver),
        };
    }
}
