using System.Collections.Immutable;

namespace Lodge.Sandbox;

/// <summary>A guest's binary, as it lies in memory.</summary>
internal sealed class GuestImage
{
    /// <summary>The bytes from the layout's first address on.</summary>
    public required byte[] Bytes { get; init; }

    /// <summary>Where it begins: a guest-virtual address.</summary>
    public required ulong Entry { get; init; }

    /// <summary>The names in it.</summary>
    public required GuestSymbols Symbols { get; init; }

    /// <summary>What may be done with its pages, in ranges that do not overlap; in between nothing is mapped.</summary>
    public required ImmutableArray<(GuestRange Range, MemoryAccess Access)> Parts { get; init; }
}
