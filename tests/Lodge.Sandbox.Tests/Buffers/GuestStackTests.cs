using Xunit;

namespace Lodge.Sandbox.Tests;

public sealed class GuestStackTests : IDisposable
{
    private const ulong Size = 0x2100;
    private const ulong Start = 0x1_0000;
    private const ulong Lead = 0x1008;

    private readonly MemoryRegion _region = MemoryRegion.Anonymous(Start, 0x5000);
    private readonly GuestStack _stack;

    public GuestStackTests()
    {
        // What is around the buffer is not zero, so that a step out of it shows.
        Bytes().Fill(0xee);
        Buffer().Fill(0);
        _stack = new GuestStack(_region, new GuestRange(Start + Lead, Size), "test buffer");
        Pointer = GuestStack.Empty;
    }

    private ulong Pointer
    {
        get => Buffer().Read<ulong>(0);
        set => Buffer().Write(0, value);
    }

    public void Dispose()
    {
        for (ulong at = 0; at < 0x5000; at++)
        {
            bool isUntouched = at - Lead < Size || Bytes().Read<byte>(at) == 0xee;
            Assert.True(isUntouched, $"The byte at 0x{at:x}, outside of the buffer, has changed.");
        }

        _region.Dispose();
    }

    [Fact]
    public void Push_WritesTheMessageBehindItWhereItBeginsAndThePointer()
    {
        byte[] first = Message(13);
        byte[] second = Message(24);
        _stack.Push(first);
        Assert.False(_stack.IsEmpty);
        _stack.Push(second);

        byte[] wanted = new byte[Size];
        HostileInput.Set(wanted, 0, 8, 8 + 13 + 8 + 24 + 8);
        first.CopyTo(wanted, 8);
        HostileInput.Set(wanted, 8 + 13, 8, 8);
        second.CopyTo(wanted, 8 + 13 + 8);
        HostileInput.Set(wanted, 8 + 13 + 8 + 24, 8, 8 + 13 + 8);
        Assert.Equal(wanted, Content());
    }

    [Fact]
    public void Pop_GivesTheMessagesInReverseAndLeavesZeros()
    {
        byte[][] messages = [.. Enumerable.Range(0, 40).Select(i => Message(8 + (i * 3)))];
        var pointers = new Stack<ulong>();
        foreach (byte[] message in messages)
        {
            pointers.Push(Pointer);
            _stack.Push(message);
        }

        foreach (byte[] message in messages.Reverse())
        {
            Assert.Equal(message, Pop());
            Assert.Equal(pointers.Pop(), Pointer);
            Assert.All(Content()[(int)Pointer..], value => Assert.Equal(0, value));
        }

        Assert.True(_stack.IsEmpty);
        Assert.Contains("no message", Assert.Throws<ProtocolException>(() => Pop()).Message, StringComparison.Ordinal);
    }

    /// <summary>Behind the message there may be more than its prefix says: it is not given out, and is cleared too.</summary>
    [Fact]
    public void Pop_OfAnElementLongerThanItsMessage_GivesTheMessageAndClearsAll()
    {
        byte[] element = [.. Message(20), .. Enumerable.Repeat((byte)0x77, 100)];
        _stack.Push(element);
        Assert.Equal(element[..20], Pop());
        Assert.All(Content()[8..], value => Assert.Equal(0, value));
    }

    [Fact]
    public void LongestMessage_FitsAndOneByteMoreDoesNot()
    {
        Assert.Equal((int)Size - 16, _stack.MostMessageBytes);
        Assert.Equal(_stack.MostMessageBytes, _stack.RoomForMessage);
        Refuses(() => _stack.Push(new byte[_stack.MostMessageBytes + 1]), "bytes left");
        byte[] longest = Message(_stack.MostMessageBytes);
        _stack.Push(longest);
        Assert.Equal(Size, Pointer);
        Assert.Equal(-8, _stack.RoomForMessage);
        Refuses(() => _stack.Push([]), "bytes left");
        Assert.Equal(longest, Pop());
    }

    [Theory]
    [InlineData(8, true)]
    [InlineData(9, true)]
    [InlineData(Size - 108, true)]
    [InlineData(Size - 107, false)]
    [InlineData(Size - 8, false)]
    [InlineData(Size, false)]
    public void Push_FromAnyPointerWithRoom_IsTaken(ulong pointer, bool hasRoom)
    {
        Pointer = pointer;
        byte[] message = Message(100);
        Assert.Equal(hasRoom, _stack.RoomForMessage >= message.Length);
        if (hasRoom)
        {
            _stack.Push(message);
            Assert.Equal(pointer + 108, Pointer);
            Assert.Equal(message, Pop());
            Assert.Equal(pointer, Pointer);
        }
        else
        {
            Refuses(() => _stack.Push(message), "bytes left");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(Size + 1)]
    [InlineData(Size + 8)]
    [InlineData(0x7fff_ffff)]
    [InlineData(0x8000_0000)]
    [InlineData(0xffff_ffff)]
    [InlineData(0x1_0000_0008)]
    [InlineData(0x7fff_ffff_ffff_ffff)]
    [InlineData(0x8000_0000_0000_0008)]
    [InlineData(0xffff_ffff_ffff_fff0)]
    [InlineData(0xffff_ffff_ffff_ffff)]
    public void StackPointerOutsideOfTheBuffer_IsRefused(ulong pointer)
    {
        Pointer = pointer;
        Refuses(() => _stack.Push(Message(4)), "stack pointer");
        Refuses(() => _ = _stack.RoomForMessage, "stack pointer");
        Refuses(() => Pop(), "stack pointer");
        Assert.False(_stack.IsEmpty);
    }

    /// <summary>Above 8 and below 16 there is no room for a back pointer; up to 23, none for a message in front of it.</summary>
    [Fact]
    public void StackPointerTooLowForAMessage_IsRefused()
    {
        for (ulong pointer = 9; pointer < 24; pointer++)
        {
            Buffer().Write(pointer - 8, 8UL);
            Pointer = pointer;
            Refuses(() => Pop(), pointer < 16 ? "no message" : "begins at");
        }

        Buffer().Fill(0);
        Buffer().Write(16, 8UL);
        Pointer = 24;
        Assert.Equal(new byte[4], Pop());
    }

    [Theory]
    [InlineData(8, true)]
    [InlineData(9, true)]
    [InlineData(Size - 17, true)]
    [InlineData(Size - 16, true)]
    [InlineData(0, false)]
    [InlineData(7, false)]
    [InlineData(Size - 15, false)]
    [InlineData(Size - 8, false)]
    [InlineData(Size, false)]
    [InlineData(0x8000_0000, false)]
    [InlineData(0x1_0000_0008, false)]
    [InlineData(0x8000_0000_0000_0008, false)]
    [InlineData(0xffff_ffff_ffff_fff8, false)]
    [InlineData(0xffff_ffff_ffff_ffff, false)]
    public void BackPointer_LeadsIntoTheBufferBelowItself(ulong back, bool isRight)
    {
        Pointer = Size;
        Buffer().Write(Size - 8, back);
        if (isRight)
        {
            Assert.Equal(new byte[4], Pop());
            Assert.Equal(back, Pointer);
        }
        else
        {
            Refuses(() => Pop(), "begins at");
        }
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(95, true)]
    [InlineData(96, true)]
    [InlineData(97, false)]
    [InlineData(100, false)]
    [InlineData(104, false)]
    [InlineData(0x7fff_ffff, false)]
    [InlineData(0x8000_0000, false)]
    [InlineData(0xffff_fffb, false)]
    [InlineData(0xffff_fffc, false)]
    [InlineData(0xffff_ffff, false)]
    public void SizePrefix_EndsInFrontOfTheBackPointer(uint size, bool isRight)
    {
        byte[] element = Message(100);
        HostileInput.Set(element, 0, 4, size);
        _stack.Push(element);
        if (isRight)
            Assert.Equal(element[..((int)size + 4)], Pop());
        else
            Refuses(() => Pop(), "says that it has");
    }

    [Fact]
    public void MessageLongerThanWhereItGoes_IsRefused()
    {
        _stack.Push(Message(100));
        Refuses(() => _stack.Pop(new byte[99]), "says that it has");
        Assert.Equal(100, _stack.Pop(new byte[100]));
    }

    [Fact]
    public void AnyWords_AreTakenOrRefusedWithoutAChange()
        => HostileInput.WithinAMinute(() => HostileInput.AtRandom((random, what) =>
        {
            Buffer().Fill(0);
            Pointer = GuestStack.Empty;
            for (int i = random.Next(1, 4); i > 0; i--)
                _stack.Push(Message(random.Next(8, 300)));

            ulong top = Pointer - 8;
            ulong element = Buffer().Read<ulong>(top);
            (ulong at, int size) = random.Next(3) switch { 0 => (0UL, 8), 1 => (top, 8), _ => (element, 4) };
            ulong value = random.Next(2) == 0
                ? HostileInput.Extremes[random.Next(HostileInput.Extremes.Length)]
                : (ulong)random.Next(0x2200);
            Buffer().CopyFrom(at, BitConverter.GetBytes(value).AsSpan(0, size));
            byte[] before = Content();
            var message = new byte[_stack.MostMessageBytes];
            bool isRefused = HostileInput.IsRefused<ProtocolException>(() => _stack.Pop(message), 64 << 10, what);
            if (isRefused)
                Assert.Equal(before, Content());
            else
                Assert.InRange(Pointer, 8UL, Size - 16);

            return isRefused;
        }));

    /// <summary>While another processor changes the size of the message that is taken, the copy has the size that was
    /// checked.</summary>
    /// <remarks>The control reads the size twice, and has to see two; so the race is there when what is tested runs.</remarks>
    [Fact]
    public void SizeThatChangesWhileTheMessageIsTaken_IsReadOnce()
    {
        const int Length = 4096;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        stop.CancelAfter(TimeSpan.FromSeconds(30));
        bool isOver = false;
        var attacker = new Thread(() =>
        {
            uint[] sizes = [Length - 4, 0, 5, 100, Length - 3, 0x7fff_ffff, 0xffff_ffff, Length - 5];
            for (uint i = 0; !Volatile.Read(ref isOver); i++)
                Buffer().Write(8, sizes[i % (uint)sizes.Length]);
        });
        attacker.Start();
        int taken = 0;
        int refused = 0;
        int twoSizes = 0;
        try
        {
            byte[] message = Message(Length);
            var copy = new byte[_stack.MostMessageBytes];
            while ((twoSizes == 0 || taken < 1000 || refused < 10) && !stop.IsCancellationRequested)
            {
                Pointer = GuestStack.Empty;
                _stack.Push(message);
                uint first = Buffer().Read<uint>(8);
                Buffer().CopyTo(8, copy.AsSpan(0, Length));
                twoSizes += BitConverter.ToUInt32(copy) != first ? 1 : 0;
                try
                {
                    int length = _stack.Pop(copy);
                    Assert.InRange(length, 4, Length);
                    Assert.Equal((uint)length - 4, BitConverter.ToUInt32(copy));
                    Assert.True(copy.AsSpan(4, length - 4).SequenceEqual(message.AsSpan(4, length - 4)));
                    taken++;
                }
                catch (ProtocolException)
                {
                    refused++;
                }
            }
        }
        finally
        {
            Volatile.Write(ref isOver, true);
            attacker.Join();
        }

        Assert.True(
            twoSizes != 0 && taken != 0 && refused != 0, $"{twoSizes} times two sizes, {taken} taken, {refused} refused.");
    }

    private static byte[] Message(int length)
    {
        byte[] message = [.. Enumerable.Range(1, length).Select(i => (byte)((i % 250) + 1))];
        HostileInput.Set(message, 0, 4, (ulong)length - 4);
        return message;
    }

    private byte[] Pop()
    {
        byte[] message = new byte[_stack.MostMessageBytes];
        return message[.._stack.Pop(message)];
    }

    /// <summary>What is refused changes nothing.</summary>
    private void Refuses(Action work, string why)
    {
        byte[] before = Content();
        Assert.Contains(why, Assert.Throws<ProtocolException>(work).Message, StringComparison.Ordinal);
        Assert.Equal(before, Content());
    }

    private byte[] Content()
    {
        var bytes = new byte[Size];
        Buffer().CopyTo(0, bytes);
        return bytes;
    }

    private GuestSlice Bytes() => _region.GetHostSlice();

    private GuestSlice Buffer() => Bytes().Slice(Lead, Size);
}
