using System.Diagnostics.Metrics;

namespace Lodge.Memory.Tests;

/// <summary>Counts what the meter says of denied accesses that were made on this thread: other tests make some meanwhile.</summary>
internal sealed class DenialCounter : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly List<string> _kinds = [];

    public DenialCounter()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Lodge.Memory" && instrument.Name == "lodge.memory.denied_accesses")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            if (Environment.CurrentManagedThreadId != _thread)
                return;

            for (long i = 0; i < count; i++)
                _kinds.Add(tags.Length == 1 && tags[0].Key == "kind" ? $"{tags[0].Value}" : "without the tag");
        });
        _listener.Start();
    }

    /// <summary>The kinds of the accesses that were denied since the last call.</summary>
    public string[] Take()
    {
        string[] kinds = [.. _kinds];
        _kinds.Clear();
        return kinds;
    }

    public void Dispose() => _listener.Dispose();
}
