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
}
