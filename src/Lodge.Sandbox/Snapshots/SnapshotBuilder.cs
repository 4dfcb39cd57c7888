using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Lodge.Sandbox;

/// <summary>Makes the first snapshot of a binary: the image, and the tables that map it.</summary>
internal static class SnapshotBuilder
{
    public static SnapshotState Build(
        GuestImage image, SandboxSizes sizes, ReadOnlySpan<byte> initData, MemoryAccess initDataAccess, OpenedFiles files)
    {
        var layout = new SandboxLayout(sizes);
        var layers = ImmutableArray.CreateBuilder<SnapshotLayer>();
        try
        {
            layers.Add(LayerOf(SandboxRegionKind.Code, layout.Code, image.Bytes, MemoryAccess.ReadExecute));
            layers.Add(LayerOf(SandboxRegionKind.Peb, layout.Peb, WritePeb(layout), MemoryAccess.ReadWrite));

            // Memory of zeros that nobody writes takes no memory.
            layers.Add(LayerOf(SandboxRegionKind.Heap, layout.Heap, [], MemoryAccess.ReadWrite));
            if (!layout.InitData.IsEmpty)
                layers.Add(LayerOf(SandboxRegionKind.InitData, layout.InitData, initData, initDataAccess));

            files.AddLayers(layout, layers);
            return new SnapshotState
            {
                Layout = layout,
                Layers = layers.ToImmutable(),
                Tables = BuildTables(layout, image, layers),
                Cpu = null,
                Entry = new GuestEntry(image.Entry, SandboxLayout.ExceptionStackTop.Value - 8, IsInitialized: false),
                Symbols = image.Symbols,
                Generation = 0,
            };
        }
        catch
        {
            foreach (SnapshotLayer layer in layers)
                layer.Release();

            throw;
        }
    }

    private static byte[] BuildTables(SandboxLayout layout, GuestImage image, ImmutableArray<SnapshotLayer>.Builder layers)
    {
        var tables = new GuestTables(layout);
        foreach ((GuestRange range, MemoryAccess access) in image.Parts)
            tables.Map(new GuestMapping(range, range.Start, access));

        // The binary, which has rights for each of its parts, comes first.
        for (int i = 1; i < layers.Count; i++)
            tables.Map(new GuestMapping(layers[i].Region.Range, layers[i].Region.Start, layers[i].Access));

        return tables.ToArray();
    }

    private static SnapshotLayer LayerOf(
        SandboxRegionKind kind, GuestRange range, ReadOnlySpan<byte> content, MemoryAccess access)
    {
        MemoryRegion region = MemoryRegion.Anonymous(range.Start, range.Length, new RegionOptions { Label = kind.ToString() });
        region.GetHostSlice().CopyFrom(0, content);
        return new SnapshotLayer(kind, region, access);
    }

    /// <summary>The block that tells the guest where things are: pairs of a size and a guest-virtual address.</summary>
    private static byte[] WritePeb(SandboxLayout layout)
    {
        var peb = new byte[64];
        (ulong Size, GuestAddress Address)[] pairs =
        [
            (layout.Input.Length, layout.InWindow(layout.Input.Start)),
            (layout.Output.Length, layout.InWindow(layout.Output.Start)),
            (layout.Sizes.InitData, layout.InitData.IsEmpty ? 0 : layout.InitData.Start),
            (layout.Heap.Length, layout.Heap.Start),
        ];
        for (int i = 0; i < pairs.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(peb.AsSpan(16 * i), pairs[i].Size);
            BinaryPrimitives.WriteUInt64LittleEndian(peb.AsSpan((16 * i) + 8), pairs[i].Address.Value);
        }

        return peb;
    }
}
