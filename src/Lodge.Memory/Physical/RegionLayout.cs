using System.Collections.Immutable;

namespace Lodge.Memory;

/// <summary>Where the parts of a guest's memory are: in the guest only, until <see cref="Allocate"/> gives them host
/// memory.</summary>
public sealed class RegionLayout
{
    internal RegionLayout(ImmutableArray<LayoutPart> parts) => Parts = parts;

    /// <summary>The parts in ascending order: each begins where the one before it ends.</summary>
    public ImmutableArray<LayoutPart> Parts { get; }

    /// <summary>All addresses of the layout.</summary>
    public GuestRange Range => GuestRange.FromInclusive(Parts[0].Range.Start, Parts[^1].Range.Last);

    /// <summary>The part with a label.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public LayoutPart this[string label]
    {
        get
        {
            foreach (LayoutPart part in Parts)
            {
                if (part.Label == label)
                    return part;
            }

            string parts = string.Join(", ", Parts.Select(part => part.Label));
            throw new KeyNotFoundException($"The layout has no part \"{label}\", but {parts}.");
        }
    }

    /// <summary>Makes a region of each part, over one run of host memory in the same order: what is next to each other in the
    /// guest is so in the host.</summary>
    /// <param name="options">How to map the memory.</param>
    /// <returns>The regions. Each can be disposed of by itself, unless it is part of a huge page.</returns>
    /// <exception cref="HostMemoryException">The system refused.</exception>
    public MemoryRegion[] Allocate(MappingOptions? options = null)
    {
        var mapping = new DividedMapping(HostMapping.Anonymous(Range.Length, options), Parts.Length);
        return Array.ConvertAll([.. Parts], part => MemoryRegion.OfPart(
            part.Range,
            mapping.Take(part.Range.Start - Range.Start, part.Range.Length),
            new RegionOptions { Permissions = part.Permissions, Label = part.Label }));
    }

    /// <summary>The parts, one a line.</summary>
    public override string ToString()
        => string.Join(Environment.NewLine, Parts.Select(part => $"{part.Range} {part.Permissions} \"{part.Label}\""));
}
