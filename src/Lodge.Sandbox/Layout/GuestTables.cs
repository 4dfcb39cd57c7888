namespace Lodge.Sandbox;

/// <summary>The page tables of a sandbox: four levels and pages of 4 KiB, of which those that the guest may write are mapped for
/// reading, with a mark by which the guest's fault handler knows that it is to copy them.</summary>
/// <remarks>Entries have the accessed and dirty bits set from the beginning, so that no processor writes to the
/// tables.</remarks>
internal static class GuestTables
{
    /// <summary>The bit of the system's own (bit 9 of an entry) that marks a page to be copied when it is written.</summary>
    public const ushort CopyOnWrite = 1;

    /// <summary>Those bits of which <see cref="CopyOnWrite"/> is one value.</summary>
    public const ushort CopyOnWriteField = 7;

    private static readonly PageTableFormat Format = PageTableFormat.X64(new X64Options { UserTables = false });

    private static readonly PageTableEditorOptions SmallPages = new() { LargestPageLevel = 1 };

    /// <summary>Builds the tables for mappings, and for the window to scratch.</summary>
    /// <returns>The tables, as they lie from the layout's <see cref="SandboxLayout.PageTables"/> on.</returns>
    /// <exception cref="ArgumentException">Scratch has no room for them.</exception>
    public static byte[] Build(SandboxLayout layout, IEnumerable<GuestMapping> mappings)
    {
        var room = new GuestRange(layout.PageTables, layout.FreeEnd - layout.PageTables);
        using MemoryRegion region = MemoryRegion.Anonymous(room.Start, room.Length);
        var frames = new BumpFrames(room);
        var editor = new PageTableEditor(GuestMemory.Create(region), Format, frames, SmallPages);
        Map(editor, layout, new GuestMapping(layout.Window, layout.Scratch.Start, MemoryAccess.ReadWrite), copyOnWrite: 0);
        foreach (GuestMapping mapping in mappings)
            Map(editor, layout, mapping, CopyOnWrite);

        var tables = new byte[frames.UsedBytes];
        region.GetHostSlice().CopyTo(0, tables);
        return tables;
    }

    /// <summary>What finds mappings in tables.</summary>
    public static PageWalker WalkerOf(IAddressSpace memory, GuestAddress root)
        => new(memory, TranslationRegime.Of(new PageTable(Format, root)));

    private static void Map(PageTableEditor editor, SandboxLayout layout, GuestMapping mapping, ushort copyOnWrite)
    {
        bool copies = copyOnWrite != 0 && (mapping.Access & MemoryAccess.Write) != 0;
        MemoryAccess access = copies ? mapping.Access & ~MemoryAccess.Write : mapping.Access;
        PageAttributes attributes = Format.OrdinaryPage(new PageRights(access, MemoryAccess.None));
        if (copies)
            attributes = attributes with { SoftwareBits = copyOnWrite };

        if (!editor.TryMap(mapping.Range, mapping.Target, attributes, out PageEditFailure failure))
        {
            throw new ArgumentException(failure.Kind == PageEditFailureKind.OutOfFrames
                ? $"Scratch of 0x{layout.Scratch.Length:x} bytes has no room for the page tables."
                : $"Guest-virtual {mapping.Range} cannot be mapped: {failure}.");
        }
    }
}
