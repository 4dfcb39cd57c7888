namespace Lodge.Fuzz;

/// <summary>What the program ends with.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>An input has shown a failure.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong, or what it asks for is not to be had here.</summary>
    public const int Usage = 2;
}
