namespace Lodge.Machines.Tests;

/// <summary>A program of <c>guests/bare</c>, and what it returns.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="Needs">What it needs of an engine. SSE2 is the need of its images that have it.</param>
/// <param name="Brief">Arguments for at most some 100,000 instructions.</param>
/// <param name="Long">Arguments for some 10 million.</param>
internal sealed record BareProgram(string Name, BareNeeds Needs, BareCase Brief, BareCase Long)
{
    /// <summary>Whether there is an image without SSE instructions.</summary>
    public bool HasIntegerImage { get; init; } = true;

    /// <summary>Whether there is an image with SSE2 instructions.</summary>
    public bool HasSseImage { get; init; } = true;

    /// <summary>The names of its images.</summary>
    public IEnumerable<string> Images
    {
        get
        {
            if (HasIntegerImage)
                yield return Name;

            if (HasSseImage)
                yield return Name + SseSuffix;
        }
    }

    private const string SseSuffix = ".sse";

    /// <summary>What one of its images needs.</summary>
    public BareNeeds NeedsOf(string image)
        => image.EndsWith(SseSuffix, StringComparison.Ordinal) ? Needs | BareNeeds.Sse : Needs;
}
