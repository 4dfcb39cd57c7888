using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Lodge.Paging;

/// <summary>A walk with everything that it saw.</summary>
/// <remarks>A value of about 200 bytes: pass it by reference.</remarks>
public struct PageWalk
{
    private Steps _steps;
    private int _count;
    private PageTranslation _translation;
    private PageWalkFailure _failure;

    /// <summary>The address that was to be translated.</summary>
    public GuestAddress Address { get; internal set; }

    /// <summary>The table that was walked; null where the regime has none for the address.</summary>
    public PageTable? Table { get; internal set; }

    /// <summary>Whether the walk ended at a page.</summary>
    public readonly bool IsTranslated => _failure.Kind == PageWalkFailureKind.None;

    /// <summary>Where the address leads, where <see cref="IsTranslated"/>.</summary>
    public readonly PageTranslation Translation => _translation;

    /// <summary>Why the walk ended without a page, where it did.</summary>
    public readonly PageWalkFailure Failure => _failure;

    /// <summary>The entries that were read, the root's first.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<PageWalkStep> Entries => ((ReadOnlySpan<PageWalkStep>)_steps)[.._count];

    internal void Add(int level, ulong entryAddress, ulong entry)
        => _steps[_count++] = new PageWalkStep(level, entryAddress, entry);

    internal void Clear() => _count = 0;

    internal void End(in PageTranslation translation, in PageWalkFailure failure)
    {
        _translation = translation;
        _failure = failure;
    }

    [InlineArray(PageTableFormat.MostLevels)]
    private struct Steps
    {
        private PageWalkStep _first;
    }
}
