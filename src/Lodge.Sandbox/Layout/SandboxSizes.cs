using System.Collections.Immutable;

namespace Lodge.Sandbox;

/// <summary>The sizes that decide a sandbox's layout, in bytes.</summary>
internal sealed record SandboxSizes
{
    public const ulong DefaultBuffer = 16 << 10;
    public const ulong LeastBuffer = 8 << 10;

    /// <summary>A message is copied into an array of the host before it is read.</summary>
    public const ulong MostBuffer = 1 << 30;

    public const ulong DefaultHeap = 128 << 10;
    public const ulong DefaultScratch = 288 << 10;

    /// <summary>The loaded binary.</summary>
    public required ulong Code { get; init; }

    public ulong Heap { get; init; } = DefaultHeap;

    public ulong InitData { get; init; }

    /// <summary>The files that are mapped, each of at least a byte.</summary>
    public ImmutableArray<ulong> MappedFiles { get; init; } = [];

    public ulong Input { get; init; } = DefaultBuffer;

    public ulong Output { get; init; } = DefaultBuffer;

    public ulong Scratch { get; init; } = DefaultScratch;

    public bool Equals(SandboxSizes? other)
        => other is not null
            && (Code, Heap, InitData, Input, Output, Scratch)
                == (other.Code, other.Heap, other.InitData, other.Input, other.Output, other.Scratch)
            && MappedFiles.AsSpan().SequenceEqual(other.MappedFiles.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Code, Heap, InitData, Input, Output, Scratch, MappedFiles.Length);
}
