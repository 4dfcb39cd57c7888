namespace Lodge.Benchmarks;

/// <summary>What the program ends with.</summary>
internal static class ExitCodes
{
    /// <summary>Everything ran. How fast it was makes no difference.</summary>
    public const int Done = 0;

    /// <summary>A row threw, or allocated.</summary>
    public const int RowFailed = 1;

    /// <summary>The arguments make no sense.</summary>
    public const int Misused = 2;
}
