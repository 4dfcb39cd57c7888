using Microsoft.Extensions.Logging;

namespace Lodge.Cli;

/// <summary>Writes log records as lines of talk.</summary>
internal sealed class TalkLogger(TextWriter talk, LogLevel least) : ILogger
{
    // The tool's error says this too.
    private const string NoCoreDump = "CoreNotDumped";

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= least && logLevel != LogLevel.None;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel) && eventId.Name != NoCoreDump)
            talk.WriteLine($"{logLevel.ToString().ToLowerInvariant()}: {SafeText.Line(formatter(state, exception))}");
    }
}
