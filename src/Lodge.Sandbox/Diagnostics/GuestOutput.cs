using System.Text;
using Microsoft.Extensions.Logging;

namespace Lodge.Sandbox;

/// <summary>What a guest says to people: log records and characters.</summary>
internal sealed class GuestOutput
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly ILogger? _logger;
    private readonly TextWriter? _writer;
    private readonly LogLevel _least;

    /// <param name="options">Where it goes.</param>
    /// <param name="isInitialized">Whether the guest was told what to log by somebody else.</param>
    public GuestOutput(SandboxOptions options, bool isInitialized)
    {
        _logger = options.Logger;
        _writer = options.Output;
        _least = options.GuestLogLevel ?? (isInitialized ? LogLevel.Trace : LogLevel.Information);
    }

    /// <summary>Hands a log record on, where anybody wants it.</summary>
    /// <exception cref="ProtocolException">The message is none.</exception>
    public void Log(ReadOnlySpan<byte> message)
    {
        // The numbers are those of LogLevel.
        var level = (LogLevel)MessageReader.ReadLogLevel(message);
        if (_logger is null || level < _least || level >= LogLevel.None || !_logger.IsEnabled(level))
            return;

        GuestLogRecord record = MessageReader.ReadLog(message);
        SandboxLog.Guest(_logger, level, record.Source, record.Caller, record.File, record.Line, record.Message);
    }

    /// <summary>Forgets the beginning of a character, so that nothing of one guest is in another's.</summary>
    public void Reset() => _decoder.Reset();

    /// <summary>Writes a character, or a byte of one.</summary>
    public void Print(byte character)
    {
        if (_writer is null)
            return;

        Span<char> chars = stackalloc char[2];
        int count = _decoder.GetChars([character], chars, flush: false);
        if (count > 0)
            _writer.Write(chars[..count]);
    }
}
