using Xunit;

namespace Lodge.Memory.Tests;

public sealed class MmioRegistrationTests
{
    private readonly MmioBus _bus = new();
    private readonly RecordingDevice _device = new();

    [Theory]
    [InlineData(0x1000UL, 0x100UL)]
    [InlineData(0x0f01UL, 0x100UL)]
    [InlineData(0x10ffUL, 1UL)]
    [InlineData(0x1010UL, 1UL)]
    [InlineData(0UL, ulong.MaxValue)]
    public void Add_ThatOverlapsADevice_IsRefusedAndChangesNothing(ulong start, ulong length)
    {
        _bus.Add(new GuestRange(0x1000, 0x100), _device);
        var second = new RecordingDevice(1);

        Assert.Throws<ArgumentException>(() => _bus.Add(new GuestRange(start, length), second));

        Assert.True(_bus.TryRead(0x1010, 1, out ulong value, out _));
        Assert.Equal(0x10UL, value);
        Assert.False(_bus.Contains(0xfff));
        Assert.False(_bus.Contains(0x1100));
        Assert.Empty(second.Calls);
    }

    [Fact]
    public void Add_ThatTouchesADevice_IsAllowed()
    {
        var below = new RecordingDevice(1);
        var above = new RecordingDevice(2);
        _bus.Add(new GuestRange(0x1000, 0x100), _device);
        _bus.Add(new GuestRange(0x1100, 0x100), above);
        _bus.Add(new GuestRange(0xf00, 0x100), below);

        Assert.True(_bus.TryRead(0xff8, 8, out ulong value, out _));
        Assert.Equal(1UL, value);
        Assert.True(_bus.TryRead(0x1100, 8, out value, out _));
        Assert.Equal(2UL, value);
        Assert.Equal([(false, 0xf8UL, 8, 0UL)], below.Calls);
        Assert.Equal([(false, 0UL, 8, 0UL)], above.Calls);
    }

    [Fact]
    public void Add_InAnyOrder_FindsEachDevice()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        ulong[] starts = [.. Enumerable.Range(0, 200).Select(static i => (ulong)i * 0x40)];
        random.Shuffle(starts);
        foreach (ulong start in starts)
            _bus.Add(new GuestRange(start, 0x20), new RecordingDevice(start));

        foreach (ulong start in starts)
        {
            Assert.True(_bus.TryRead(start + 0x18, 8, out ulong value, out _), $"seed {seed}");
            Assert.Equal(start, value);
            Assert.False(_bus.Contains(start + 0x20));
            Assert.True(_bus.Overlaps(new GuestRange(start + 0x1f, 2)));
            Assert.False(_bus.Overlaps(new GuestRange(start + 0x20, 0x20)));
        }
    }

    [Fact]
    public void Add_OfNothing_IsMisuse()
    {
        Assert.Throws<ArgumentException>(() => _bus.Add(new GuestRange(0x1000, 0), _device));
        Assert.Throws<ArgumentNullException>(() => _bus.Add(new GuestRange(0x1000, 1), null!));
    }

    [Fact]
    public void Remove_TakesTheDeviceThatStartsThereOnly()
    {
        _bus.Add(new GuestRange(0x1000, 0x100), _device);
        _bus.Add(new GuestRange(0x2000, 0x100), _device);

        Assert.False(_bus.Remove(0x1001));
        Assert.False(_bus.Remove(0x1100));
        Assert.True(_bus.Remove(0x1000));
        Assert.False(_bus.Remove(0x1000));

        Assert.False(_bus.TryRead(0x1000, 1, out _, out AccessFault fault));
        Assert.Equal(FaultKind.Unmapped, fault.Kind);
        Assert.True(_bus.TryRead(0x2000, 1, out _, out _));
        _bus.Add(new GuestRange(0x1080, 0x100), _device);
        Assert.True(_bus.Contains(0x1100));
    }

    [Fact]
    public void AddAndRemove_WhileOthersUseTheBus_DisturbNoOtherDevice()
    {
        int seed = Random.Shared.Next();
        for (ulong i = 0; i < 8; i++)
            _bus.Add(new GuestRange(i * 0x1000, 8), new ConstantDevice(i));

        using var stop = new CancellationTokenSource();
        var changer = new Thread(() =>
        {
            var random = new Random(seed);
            while (!stop.IsCancellationRequested)
            {
                ulong start = ((ulong)random.Next(8) * 0x1000) + 0x800;
                if (!_bus.Remove(start))
                    _bus.Add(new GuestRange(start, 8), new ConstantDevice(start));
            }
        })
        { IsBackground = true };
        changer.Start();

        int claimed = 0;
        int unclaimed = 0;
        for (ulong i = 0; i < 2_000_000 && (i < 300_000 || claimed < 100 || unclaimed < 100); i++)
        {
            ulong start = (i & 7) * 0x1000;
            Assert.True(_bus.TryRead(start, 8, out ulong value, out _), $"seed {seed}: the device at 0x{start:x} is gone");
            Assert.Equal(i & 7, value);
            if (_bus.TryRead(start + 0x800, 8, out value, out AccessFault fault))
            {
                claimed++;
                Assert.Equal(start + 0x800, value);
            }
            else
            {
                unclaimed++;
                Assert.Equal(FaultKind.Unmapped, fault.Kind);
            }
        }

        stop.Cancel();
        changer.Join();
        Assert.True(claimed > 0 && unclaimed > 0, $"seed {seed}: {claimed} claimed, {unclaimed} not");
    }

    private sealed class ConstantDevice(ulong value) : IMmioDevice
    {
        public ulong Read(ulong offset, int size) => value;

        public void Write(ulong offset, int size, ulong written)
        {
        }
    }
}
