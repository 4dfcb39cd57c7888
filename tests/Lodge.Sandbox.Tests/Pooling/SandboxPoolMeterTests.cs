using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Xunit;

namespace Lodge.Sandbox.Tests;

public sealed class SandboxPoolMeterTests
{
    [Fact]
    public async Task Meter_TellsWhatHappensInThePool()
    {
        string name = $"{Guid.NewGuid()}";
        using var pool = new PoolUnderTest(2, options => options with { Name = name });
        using var listener = new MeterListener();
        var sums = new ConcurrentDictionary<string, double>();
        var counts = new ConcurrentDictionary<string, int>();
        listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Lodge.Sandbox")
                listener.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        listener.Start();

        PooledSandbox first = pool.Rent();
        PooledSandbox second = pool.Rent();
        Task<PooledSandbox> third = pool.RentAsync();
        listener.RecordObservableInstruments();
        Assert.Equal((2, 0), (sums["lodge.sandbox.pool.count used"], sums["lodge.sandbox.pool.count idle"]));
        Assert.Equal((2, 1), (sums["lodge.sandbox.pool.max"], sums["lodge.sandbox.pool.pending_requests"]));
        Assert.Equal(2, counts["lodge.sandbox.pool.wait.duration"]);

        first.Dispose();
        (await third).Dispose();
        second.Sandbox.Dispose();
        second.Dispose();
        sums.Clear();
        listener.RecordObservableInstruments();
        Assert.Equal((0, 1), (sums["lodge.sandbox.pool.count used"], sums["lodge.sandbox.pool.count idle"]));
        Assert.Equal(0, sums["lodge.sandbox.pool.pending_requests"]);
        Assert.Equal((2, 3, 2), (
            counts["lodge.sandbox.pool.created"],
            counts["lodge.sandbox.pool.wait.duration"],
            counts["lodge.sandbox.pool.restore.duration"]));
        Assert.Equal(1, counts["lodge.sandbox.pool.replaced disposed"]);

        // A pool that is no more tells nothing.
        pool.Dispose();
        sums.Clear();
        listener.RecordObservableInstruments();
        Assert.Empty(sums);

        void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            // Other tests have pools too.
            if (tags[0].Key != "lodge.sandbox.pool.name" || !name.Equals(tags[0].Value))
                return;

            string key = tags.Length == 1 ? instrument.Name : $"{instrument.Name} {tags[1].Value}";
            sums.AddOrUpdate(key, value, (_, sum) => sum + value);
            counts.AddOrUpdate(key, 1, static (_, count) => count + 1);
        }
    }

    [Fact]
    public void Name_WhereNothingIsSaid_IsAnotherForEachPool()
    {
        using var one = new PoolUnderTest(1);
        using var two = new PoolUnderTest(1);
        Assert.NotEqual(one.Pool.Name, two.Pool.Name);
    }
}
