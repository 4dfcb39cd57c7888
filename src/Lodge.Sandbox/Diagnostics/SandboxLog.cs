using Microsoft.Extensions.Logging;

namespace Lodge.Sandbox;

/// <summary>What is logged.</summary>
internal static partial class SandboxLog
{
    [LoggerMessage(EventId = 1, Message = "{Source} ({Caller}, {File}:{Line}): {Message}")]
    public static partial void Guest(
        ILogger logger, LogLevel level, string source, string caller, string file, uint line, string message);

    [LoggerMessage(2, LogLevel.Warning, "{Function} of the host ran on for {Overrun} after it was told to stop.")]
    public static partial void Overrun(ILogger logger, string function, TimeSpan overrun);

    [LoggerMessage(3, LogLevel.Warning, "{Pool} has given up a sandbox: {Reason}.")]
    public static partial void Replaced(ILogger logger, string pool, ReplacementReason reason, Exception? problem);

    [LoggerMessage(4, LogLevel.Information, "The guest died, and its core dump is {Path}.")]
    public static partial void CoreDumped(ILogger logger, string path);

    [LoggerMessage(5, LogLevel.Warning, "The guest died, and no core dump was written: {Problem}")]
    public static partial void CoreNotDumped(ILogger logger, string problem, Exception? exception);
}
