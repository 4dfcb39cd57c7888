using System.Globalization;

namespace Lodge.Cli;

/// <summary>How far many calls have come: a line on a terminal that is written over, a few times a second.</summary>
internal sealed class CallProgress(ToolContext context, int repeat)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly bool _isShown = context.ErrorIsTerminal && repeat > 1;
    private long _lastShown = context.Clock.GetTimestamp();
    private int _width;

    public void Report(int done)
    {
        if (!_isShown || context.Clock.GetElapsedTime(_lastShown) < Pause)
            return;

        _lastShown = context.Clock.GetTimestamp();
        string line = string.Create(CultureInfo.InvariantCulture, $"{done:N0} of {repeat:N0} calls");
        context.Error.Write($"\r{line.PadRight(_width)}");
        _width = line.Length;
    }

    /// <summary>Takes the line away.</summary>
    public void Clear()
    {
        if (_width != 0)
            context.Error.Write($"\r{new string(' ', _width)}\r");

        _width = 0;
    }
}
