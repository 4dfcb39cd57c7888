using Xunit;

namespace Lodge.Memory.Tests;

public sealed class SharedChannelsTests
{
    private const ulong Size = 0x4000;
    private readonly SharedChannels<string> _channels = new();

    [Fact]
    public void BothSides_SeeOneMemory()
    {
        using SharedChannel publisher = Publish("a");
        using SharedChannel subscriber = Subscribe("a");
        GuestMemory left = GuestMemory.Create(publisher.CreateRegion(0x1000));
        GuestMemory right = GuestMemory.Create(subscriber.CreateRegion(0x7_0000_0000));

        left.Write(0x1008, 0x1234_5678U);
        right.Write(0x7_0000_3ffc, 0x9abc_def0U);

        Assert.Equal(0x1234_5678U, right.Read<uint>(0x7_0000_0008));
        Assert.Equal(0x9abc_def0U, left.Read<uint>(0x4ffc));
        Assert.Equal(Size, publisher.Size);
        Assert.Equal(Size, subscriber.Size);
    }

    [Fact]
    public void ChannelMemory_StartsAsZeros()
    {
        using SharedChannel publisher = Publish("a");
        GuestMemory memory = GuestMemory.Create(publisher.CreateRegion(0));
        Assert.False(memory.TryIndexOf(0, Size, 0xff, out _, out _));
        var bytes = new byte[Size];
        memory.ReadExactly(0, bytes);
        Assert.DoesNotContain(bytes, static b => b != 0);
    }

    [Fact]
    public void PublishingTwice_FailsAndLeavesTheFirstChannelIntact()
    {
        using SharedChannel publisher = Publish("a");
        GuestMemory left = GuestMemory.Create(publisher.CreateRegion(0));
        left.Write(0, 0x1111_2222_3333_4444UL);

        for (int i = 0; i < 10; i++)
        {
            Assert.False(_channels.TryPublish("a", 2 * Size, out SharedChannel? second));
            Assert.Null(second);
        }

        using SharedChannel subscriber = Subscribe("a");
        GuestMemory right = GuestMemory.Create(subscriber.CreateRegion(0));
        Assert.False(_channels.TryPublish("a", Size, out _));
        Assert.Equal(0x1111_2222_3333_4444UL, right.Read<ulong>(0));
        right.Write(8, 5UL);
        Assert.Equal(5UL, left.Read<ulong>(8));
        Assert.Equal(Size, subscriber.Size);
        Assert.Equal(1, _channels.Count);
    }

    [Fact]
    public void Subscribing_ToWhatIsNotPublishedOrTaken_Fails()
    {
        Assert.False(_channels.TrySubscribe("a", out SharedChannel? channel));
        Assert.Null(channel);
        using SharedChannel publisher = Publish("a");
        using SharedChannel subscriber = Subscribe("a");
        Assert.False(_channels.TrySubscribe("a", out channel));
        Assert.Null(channel);
        Assert.False(_channels.TrySubscribe("b", out _));
    }

    [Fact]
    public void SubscribingAfterThePublisherLeft_FailsAndTheKeyIsFree()
    {
        Publish("a").Dispose();
        Assert.False(_channels.TrySubscribe("a", out _));
        Assert.Equal(0, _channels.Count);
        Publish("a").Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void OneSideThatLetsGo_LeavesTheMemoryToTheOther(bool isPublisherFirst)
    {
        SharedChannel publisher = Publish("a");
        SharedChannel subscriber = Subscribe("a");
        GuestMemory left = GuestMemory.Create(publisher.CreateRegion(0));
        GuestMemory right = GuestMemory.Create(subscriber.CreateRegion(0));
        left.Write(0, 7UL);
        (SharedChannel first, SharedChannel second) = isPublisherFirst ? (publisher, subscriber) : (subscriber, publisher);
        (GuestMemory gone, GuestMemory kept) = isPublisherFirst ? (left, right) : (right, left);

        first.Dispose();

        Assert.Equal(7UL, kept.Read<ulong>(0));
        if (OperatingSystem.IsLinux())
            Assert.Equal(0UL, gone.Read<ulong>(0));

        Assert.False(_channels.TryPublish("a", Size, out _));
        Assert.Equal(7UL, GuestMemory.Create(second.CreateRegion(0)).Read<ulong>(0));
        second.Dispose();
        Publish("a").Dispose();
    }

    [Fact]
    public void DisposingTwice_LetsGoOnce()
    {
        SharedChannel publisher = Publish("a");
        SharedChannel subscriber = Subscribe("a");
        publisher.Dispose();
        publisher.Dispose();
        publisher.Dispose();

        Assert.Equal(1, _channels.Count);
        GuestMemory memory = GuestMemory.Create(subscriber.CreateRegion(0));
        memory.Write(0, 1U);
        subscriber.Dispose();
        Assert.Equal(0, _channels.Count);

        // A late second disposal does not reach the key's next channel.
        using SharedChannel next = Publish("a");
        subscriber.Dispose();
        Assert.Equal(1, _channels.Count);
        using SharedChannel other = Subscribe("a");
    }

    [Fact]
    public void RegionOfASideThatLetGo_IsMisuse()
    {
        SharedChannel publisher = Publish("a");
        publisher.Dispose();
        Assert.Throws<ObjectDisposedException>(() => publisher.CreateRegion(0));
    }

    [Fact]
    public void Regions_HaveTheRightsTheyWereMadeWith()
    {
        using SharedChannel publisher = Publish("a");
        GuestMemory memory = GuestMemory.Create(publisher.CreateRegion(0, RegionOptions.ReadOnly));
        Assert.False(memory.TryWrite(0, 1U, out AccessFault fault));
        Assert.Equal(FaultKind.Permission, fault.Kind);
    }

    [Fact]
    public void SizesThatNoMemoryHas_AreRefusedAndTakeNoKey()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _channels.TryPublish("a", 0, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => _channels.TryPublish("a", ulong.MaxValue, out _));
        Assert.Throws<ArgumentNullException>(() => _channels.TryPublish(null!, Size, out _));
        Assert.Equal(0, _channels.Count);
        Publish("a").Dispose();
    }

    [Fact]
    public void EightThreadsPublishingOneKey_HaveOneWinner()
    {
        for (int round = 0; round < 50; round++)
        {
            using var start = new Barrier(8);
            var winners = new SharedChannel?[8];
            Thread[] threads = [.. Enumerable.Range(0, 8).Select(i => new Thread(() =>
            {
                start.SignalAndWait();
                if (_channels.TryPublish("a", Size, out SharedChannel? channel))
                    winners[i] = channel;
            }))];
            foreach (Thread thread in threads)
                thread.Start();

            foreach (Thread thread in threads)
                thread.Join();

            SharedChannel winner = Assert.Single(winners, static channel => channel is not null)!;
            GuestMemory.Create(winner.CreateRegion(0)).Write(0, (uint)round);
            using (SharedChannel subscriber = Subscribe("a"))
                Assert.Equal((uint)round, GuestMemory.Create(subscriber.CreateRegion(0)).Read<uint>(0));

            winner.Dispose();
            Assert.Equal(0, _channels.Count);
        }
    }

    private SharedChannel Publish(string key)
    {
        Assert.True(_channels.TryPublish(key, Size, out SharedChannel? channel));
        return channel;
    }

    private SharedChannel Subscribe(string key)
    {
        Assert.True(_channels.TrySubscribe(key, out SharedChannel? channel));
        return channel;
    }
}
