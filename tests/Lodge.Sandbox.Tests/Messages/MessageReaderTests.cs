using Xunit;

namespace Lodge.Sandbox.Tests;

public sealed class MessageReaderTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void MessagesMadeByHand_AreReadAsTheirValues(bool omitsDefaults)
    {
        foreach (MessageCase wanted in MessageCase.Calls)
            MessageAssert.IsCall(wanted, NaiveMessage.Of(wanted, omitsDefaults));

        foreach (MessageCase wanted in MessageCase.Answers)
            MessageAssert.IsAnswer(wanted, NaiveMessage.Of(wanted, omitsDefaults));
    }

    [Fact]
    public void WhatIsRead_IsNotTheMessagesAnyMore()
    {
        byte[] message = NaiveMessage.Of(new MessageCase(null, [new byte[] { 1, 2, 3 }]), omitsDefaults: false);
        GuestValue value = MessageReader.ReadResult(message, out _);
        message.AsSpan().Fill(0xff);
        Assert.Equal([1, 2, 3], value.As<byte[]>());
    }

    [Fact]
    public void BytesBehindTheMessage_AreNotLookedAt()
    {
        foreach (MessageCase wanted in MessageCase.Answers)
            MessageAssert.IsAnswer(wanted, [.. NaiveMessage.Of(wanted, omitsDefaults: false), 0xff, 0xff, 0xff, 0xff, 0xff]);
    }

    [Fact]
    public void Name_OfAsManyBytesAsAllowed_IsTakenAndOneMoreIsNot()
    {
        // In bytes, of which each of these letters has two.
        string longest = new('\u00e4', 128);
        MessageAssert.IsCall(new(longest, []), NaiveMessage.Of(new(longest, []), omitsDefaults: true));
        IsNoCall(NaiveMessage.Of(new(longest + "x", []), omitsDefaults: true), "longer than 256 bytes");
    }

    [Fact]
    public void Parameters_AsManyAsAllowed_AreTakenAndOneMoreIsNot()
    {
        var most = new MessageCase("f", [.. Enumerable.Repeat<GuestValue>(7, 16)]);
        MessageAssert.IsCall(most, NaiveMessage.Of(most, omitsDefaults: true));
        var more = new MessageCase("f", [.. most.Values, 7]);
        IsNoCall(NaiveMessage.Of(more, omitsDefaults: true), "17 parameters");
    }

    [Fact]
    public void CallOfAnotherKind_IsRefused()
    {
        for (int kind = 0; kind <= 255; kind++)
        {
            if (kind != MessageFormat.HostCall)
                IsNoCall(HandMadeCall(kind: (byte)kind), "kind");
        }
    }

    [Fact]
    public void TypesThatThereAreNot_AreRefused()
    {
        for (int number = 0; number <= 255; number++)
        {
            Check(number <= 9, () => MessageReader.ReadCall(HandMadeCall(resultType: (byte)number), new GuestValue[16]));
            byte[] call = HandMadeCall(type: (byte)number);
            Check(number is >= 1 and <= 9 and not 7, () => MessageReader.ReadCall(call, new GuestValue[16]));
            Check(number is >= 1 and <= 10 and not 7, () => MessageReader.ReadResult(HandMadeResult((byte)number), out _));
            if (number != MessageFormat.ResultIsError)
                Check(number == 1, () => MessageReader.ReadResult(HandMadeResult(1, kind: (byte)number), out _));
        }

        // A string has to be there (7); all else has something that it is when it is not.
        static void Check(bool isRight, Action read)
        {
            if (isRight)
                read();
            else
                Assert.Throws<ProtocolException>(read);
        }
    }

    [Theory]
    [InlineData("name is missing")]
    [InlineData("parameter without a value")]
    [InlineData("parameter leads nowhere")]
    public void WhatHasToBeThere_IsRequired(string what)
    {
        var message = new NaiveMessage();
        int[] call = message.TableFrom(4, (what == "name is missing" ? 0 : 4, 0), (4, 0), (1, 2), (1, 0));
        int list = message.VectorFrom(call[1], 1);
        if (what != "parameter leads nowhere")
            message.TableFrom(list, (1, 1), (what == "parameter without a value" ? 0 : 4, 0));

        if (call[0] != 0)
            message.TextFrom(call[0], "f");

        Assert.Throws<ProtocolException>(() => MessageReader.ReadCall(message.ToArray(), new GuestValue[16]));
    }

    [Theory]
    [InlineData(0x80)]
    [InlineData(0xc3)]
    [InlineData(0xff)]
    [InlineData(0xc0, 0x80)]
    [InlineData(0xed, 0xa0, 0x80)]
    [InlineData(0xf4, 0x90, 0x80, 0x80)]
    [InlineData(0x61, 0xe2, 0x82)]
    public void TextThatIsNoUtf8_IsRefusedAsValueAndNameAndReplacedInErrors(params int[] text)
    {
        byte[] bytes = [.. text.Select(value => (byte)value)];
        var value = new NaiveMessage();
        int[] result = value.TableFrom(4, (1, 1), (4, 0));
        int[] union = value.TableFrom(result[1], (1, 7), (4, 0));
        value.BytesFrom(value.TableFrom(union[1], (4, 0))[0], bytes, hasZero: true);
        Assert.Contains(
            "UTF-8",
            Assert.Throws<ProtocolException>(() => MessageReader.ReadResult(value.ToArray(), out _)).Message,
            StringComparison.Ordinal);

        var call = new NaiveMessage();
        call.BytesFrom(call.TableFrom(4, (4, 0), (0, 0), (1, 2))[0], bytes, hasZero: true);
        IsNoCall(call.ToArray(), "UTF-8");

        var failure = new NaiveMessage();
        result = failure.TableFrom(4, (1, 2), (4, 0));
        failure.BytesFrom(failure.TableFrom(result[1], (8, 15), (4, 0))[1], bytes, hasZero: true);
        MessageReader.ReadResult(failure.ToArray(), out GuestError? error);
        Assert.Contains('\ufffd', error!.Text);
    }

    [Fact]
    public void TextWithoutAZeroBehindIt_IsRefused()
    {
        foreach (byte behind in (byte[])[0, 1, 255])
        {
            var message = new NaiveMessage();
            message.BytesFrom(message.TableFrom(4, (4, 0), (0, 0), (1, 2))[0], "f"u8);
            byte[] cut = message.ToArray();
            IsNoCall(cut, "zero");
            message.Append(behind);
            if (behind == 0)
                MessageAssert.IsCall(new("f", [], GuestType.Int), message.ToArray());
            else
                IsNoCall(message.ToArray(), "zero");
        }
    }

    [Fact]
    public void ResultOfBytes_IsWhatTheVectorHasWhateverTheSizeSays()
    {
        foreach (ulong size in (ulong[])[0, 2, 4, 0x7fff_ffff, 0xffff_ffff])
        {
            var message = new NaiveMessage();
            int[] union = message.TableFrom(message.TableFrom(4, (1, 1), (4, 0))[1], (1, 10), (4, 0));
            message.BytesFrom(message.TableFrom(union[1], (4, size), (4, 0))[1], [1, 2, 3]);
            MessageAssert.IsAnswer(new(null, [new byte[] { 1, 2, 3 }]), message.ToArray());
        }
    }

    [Fact]
    public void Field_LiesInItsTableAtAMultipleOfItsSize()
    {
        for (int offset = 0; offset < 64; offset++)
        {
            (byte[] message, int table) = ResultOf(3, (8, 5), (8, 6));
            HostileInput.Set(message, VtableOf(message, table) + 4, 2, (ulong)offset);
            Reads(offset % 8 == 0 && offset <= 16, message, new GuestValue[] { 0L, 5L, 6L }[Math.Min(offset / 8, 2)]);
        }
    }

    [Fact]
    public void Vtable_HasWholeFieldsAndLiesInTheMessage()
    {
        for (int size = 0; size < 200; size++)
        {
            (byte[] message, int table) = ResultOf(1, (4, 5));
            int vtable = VtableOf(message, table);
            HostileInput.Set(message, vtable, 2, (ulong)size);
            Reads(size >= 4 && size % 2 == 0 && vtable + size <= message.Length, message, size < 6 ? 0 : 5);
        }
    }

    [Fact]
    public void Table_HasItsFieldsAndLiesInTheMessage()
    {
        for (int size = 0; size < 200; size++)
        {
            (byte[] message, int table) = ResultOf(1, (4, 5));
            HostileInput.Set(message, VtableOf(message, table) + 2, 2, (ulong)size);
            Reads(size >= 8 && table + size <= message.Length, message, 5);
        }
    }

    [Fact]
    public void TableAtNoMultipleOfFour_IsRefused()
    {
        for (uint shift = 1; shift <= 3; shift++)
        {
            (byte[] message, _) = ResultOf(1, (4, 5));
            HostileInput.Set(message, 4, 4, BitConverter.ToUInt32(message, 4) + shift);
            Assert.Contains(
                "no multiple of 4",
                Assert.Throws<ProtocolException>(() => MessageReader.ReadResult(message, out _)).Message,
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public void VtableAtNoMultipleOfTwo_IsRefused()
    {
        for (int shift = -8; shift <= 8; shift++)
        {
            (byte[] message, int table) = ResultOf(1, (4, 5));
            int vtable = VtableOf(message, table);
            byte[] other = new byte[message.Length + 32];
            message.CopyTo(other, 0);
            HostileInput.Set(other, 0, 4, (ulong)other.Length - 4);

            // A copy of the vtable behind everything, and the way back to it.
            int copy = message.Length + 16 + shift;
            message.AsSpan(vtable, 6).CopyTo(other.AsSpan(copy));
            HostileInput.Set(other, table, 4, unchecked((ulong)(table - copy)));
            Reads(copy % 2 == 0, other, 5);
        }
    }

    [Fact]
    public void VectorsEnd_IsTheMessagesEnd()
    {
        var message = new NaiveMessage();
        int[] union = message.TableFrom(message.TableFrom(4, (1, 1), (4, 0))[1], (1, 10), (4, 0));
        int start = message.BytesFrom(message.TableFrom(union[1], (4, 0), (4, 0))[1], [1, 2, 3]);
        for (uint length = 0; length < 10; length++)
        {
            byte[] bytes = message.ToArray();
            HostileInput.Set(bytes, start, 4, length);
            Reads(length <= 3, bytes, new byte[] { 1, 2, 3 }[..(int)Math.Min(length, 3)]);
        }
    }

    private static void Reads(bool isRight, byte[] message, GuestValue value)
    {
        if (isRight)
            MessageAssert.IsAnswer(new(null, [value]), message);
        else
            Assert.Throws<ProtocolException>(() => MessageReader.ReadResult(message, out _));
    }

    /// <summary>A result, and where the table with its value lies.</summary>
    private static (byte[] Message, int Table) ResultOf(byte type, params (int Size, ulong Value)[] fields)
    {
        var message = new NaiveMessage();
        int[] union = message.TableFrom(message.TableFrom(4, (1, 1), (4, 0))[1], (1, type), (4, 0));
        int table = message.TableFrom(union[1], fields)[^1];
        message.Append(new byte[20]);
        return (message.ToArray(), table);
    }

    private static int VtableOf(byte[] message, int table) => table - BitConverter.ToInt32(message, table);

    private static byte[] HandMadeCall(byte kind = 2, byte resultType = 8, byte type = 1)
    {
        var message = new NaiveMessage();
        int[] call = message.TableFrom(4, (4, 0), (4, 0), (1, kind), (1, resultType));
        message.TableFrom(message.TableFrom(message.VectorFrom(call[1], 1), (1, type), (4, 0))[1]);
        message.TextFrom(call[0], "f");
        return message.ToArray();
    }

    private static byte[] HandMadeResult(byte type, byte kind = 1)
    {
        var message = new NaiveMessage();
        message.TableFrom(message.TableFrom(message.TableFrom(4, (1, kind), (4, 0))[1], (1, type), (4, 0))[1]);
        return message.ToArray();
    }

    private static void IsNoCall(byte[] message, string why)
        => Assert.Contains(
            why,
            Assert.Throws<ProtocolException>(() => MessageReader.ReadCall(message, new GuestValue[16])).Message,
            StringComparison.Ordinal);
}
