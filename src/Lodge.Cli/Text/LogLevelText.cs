using Microsoft.Extensions.Logging;

namespace Lodge.Cli;

/// <summary>Log levels as people write them.</summary>
internal static class LogLevelText
{
    /// <summary>Reads <c>trace</c>, <c>debug</c>, <c>info</c>, <c>warning</c>, <c>error</c>, <c>critical</c>,
    /// <c>none</c>.</summary>
    /// <exception cref="UsageException">There is no such level.</exception>
    public static LogLevel Parse(string text) => text switch
    {
        "trace" => LogLevel.Trace,
        "debug" => LogLevel.Debug,
        "info" or "information" => LogLevel.Information,
        "warn" or "warning" => LogLevel.Warning,
        "error" => LogLevel.Error,
        "critical" => LogLevel.Critical,
        "none" => LogLevel.None,
        _ => throw new UsageException($"{text} is no level: there are trace, debug, info, warning, error, critical and none."),
    };
}
