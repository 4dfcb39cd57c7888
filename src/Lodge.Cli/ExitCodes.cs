namespace Lodge.Cli;

/// <summary>What the tool ends with.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;

    /// <summary>The guest's function ended in an error, or there is no such function.</summary>
    public const int FunctionFailed = 1;

    /// <summary>The command line, or a value in it, cannot be so.</summary>
    public const int Usage = 2;

    /// <summary>The guest crashed, aborted, or took too long.</summary>
    public const int GuestStopped = 3;

    /// <summary>The host lacks something, or a file cannot be used.</summary>
    public const int Host = 4;

    /// <summary>The tool itself is wrong.</summary>
    public const int Bug = 5;

    /// <summary>Ctrl+C, as shells number it.</summary>
    public const int Interrupted = 130;

    /// <summary>All of them, for people.</summary>
    public static IReadOnlyList<(int Code, string Meaning)> Meanings { get; } =
    [
        (Ok, "it worked"),
        (FunctionFailed, "the guest's function failed, or there is no such function"),
        (Usage, "the command line cannot be so"),
        (GuestStopped, "the guest crashed, aborted, or took too long"),
        (Host, "the host lacks something, or a file cannot be used"),
        (Bug, "lodge itself failed: a bug"),
        (Interrupted, "stopped by Ctrl+C"),
    ];
}
