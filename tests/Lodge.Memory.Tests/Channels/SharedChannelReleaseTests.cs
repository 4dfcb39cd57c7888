using System.Globalization;
using Xunit;

namespace Lodge.Memory.Tests;

/// <summary>What a channel holds of the system's, counted by its size, which no other test uses.</summary>
public sealed class SharedChannelReleaseTests
{
    private const ulong Size = 0x137000;
    private readonly SharedChannels<int> _channels = new();

    [LinuxFact]
    public void EverythingIsReleased_WhenBothSidesHaveLetGo()
    {
        Assert.True(_channels.TryPublish(1, Size, out SharedChannel? publisher));
        Assert.True(_channels.TrySubscribe(1, out SharedChannel? subscriber));
        MemoryRegion left = publisher.CreateRegion(0);
        MemoryRegion right = subscriber.CreateRegion(0x1000);
        Assert.Equal((1, 2), (CountDescriptors(), CountMappings()));

        publisher.Dispose();
        Assert.Equal((1, 1), (CountDescriptors(), CountMappings()));
        subscriber.Dispose();
        Assert.Equal((0, 0), (CountDescriptors(), CountMappings()));
        Assert.True(left.IsDisposed && right.IsDisposed);
    }

    [LinuxFact]
    public void PublishingATakenKey_HoldsNothing()
    {
        Assert.True(_channels.TryPublish(1, Size, out SharedChannel? publisher));
        using (publisher)
        {
            for (int i = 0; i < 20; i++)
                Assert.False(_channels.TryPublish(1, Size, out _));

            Assert.Equal((1, 0), (CountDescriptors(), CountMappings()));
        }

        Assert.Equal((0, 0), (CountDescriptors(), CountMappings()));
    }

    [LinuxFact]
    public void ThreadsPublishingAndLettingGo_LeaveNothingBehind()
    {
        Thread[] threads = [.. Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                if (_channels.TryPublish(1, Size, out SharedChannel? channel) || _channels.TrySubscribe(1, out channel))
                {
                    channel.CreateRegion(0);
                    channel.Dispose();
                }
            }
        }))];
        foreach (Thread thread in threads)
            thread.Start();

        foreach (Thread thread in threads)
            thread.Join();

        Assert.Equal(0, _channels.Count);
        Assert.Equal((0, 0), (CountDescriptors(), CountMappings()));
    }

    private static int CountDescriptors()
    {
        int count = 0;
        foreach (string link in Directory.GetFiles("/proc/self/fd"))
        {
            try
            {
                if (File.ResolveLinkTarget(link, returnFinalTarget: false)?.FullName.Contains("lodge-channel", StringComparison.Ordinal) == true
                    && SizeBehind(link) == Size)
                {
                    count++;
                }
            }
            catch (IOException)
            {
                // Another test has closed it meanwhile.
            }
        }

        return count;
    }

    private static ulong SizeBehind(string link)
    {
        using FileStream file = new(link, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return (ulong)file.Length;
    }

    private static int CountMappings()
    {
        int count = 0;
        foreach (string line in File.ReadLines("/proc/self/maps"))
        {
            string[] ends = line.Split(' ')[0].Split('-');
            ulong size = ulong.Parse(ends[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture)
                - ulong.Parse(ends[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == Size && line.Contains("lodge-channel", StringComparison.Ordinal))
                count++;
        }

        return count;
    }
}
