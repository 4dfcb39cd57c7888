namespace Lodge.Paging;

/// <summary>How pages are walked.</summary>
public sealed record PageWalkerOptions
{
    /// <summary>Walks only look.</summary>
    public static PageWalkerOptions Default { get; } = new();

    /// <summary>What is done with accessed and dirty bits. For what the processor itself would do:
    /// <see cref="TranslationRegime.ProcessorAccessedDirty"/>.</summary>
    public AccessedDirty AccessedDirty { get; init; }
}
