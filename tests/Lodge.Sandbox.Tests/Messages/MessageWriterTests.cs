using Xunit;

namespace Lodge.Sandbox.Tests;

public sealed class MessageWriterTests
{
    [Fact]
    public void Calls_ReadNaively_AreTheSameValuesAtTheirAlignment()
    {
        foreach (MessageCase wanted in MessageCase.Calls)
        {
            NaiveTable call = NaiveTable.Root(wanted.Write());
            Assert.Equal(wanted.Name, call.Text(0));
            Assert.Equal(wanted.Values, call.Tables(1).Select(parameter => parameter.Value(isResult: false)));
            Assert.Equal(1UL, call.Number(2, 1));
            Assert.Equal(MessageFormat.NumberOf(wanted.Type, isResult: true), call.Number(3, 1));
        }
    }

    [Fact]
    public void Answers_ReadNaively_AreTheSameValuesAtTheirAlignment()
    {
        foreach (MessageCase wanted in MessageCase.Answers)
        {
            NaiveTable answer = NaiveTable.Root(wanted.Write());
            Assert.Equal(wanted.Code is null ? 1UL : 2UL, answer.Number(0, 1));
            if (wanted.Code is { } code)
                Assert.Equal((code, wanted.Name!), (answer.Table(1).Number(0, 8), answer.Table(1).Text(1)));
            else
                Assert.Equal(wanted.Values[0], answer.Table(1).Value(isResult: true));
        }
    }

    [Fact]
    public void WrittenMessages_AreReadAsTheSameValues()
    {
        foreach (MessageCase wanted in MessageCase.Answers)
            MessageAssert.IsAnswer(wanted, wanted.Write());

        foreach (MessageCase wanted in MessageCase.Calls)
        {
            byte[] message = wanted.Write();
            Assert.Throws<ProtocolException>(() => MessageReader.ReadCall(message, new GuestValue[16]));
            message[NaiveTable.Root(message).At(MessageFormat.CallKind, 1)] = MessageFormat.HostCall;
            MessageAssert.IsCall(wanted, message);
        }
    }

    [Fact]
    public void TextWithZerosOrHalfACharacter_IsWrittenAsItIsOrReplaced()
    {
        MessageAssert.IsAnswer(new MessageCase(null, ["a\0b"]), new MessageCase(null, ["a\0b"]).Write());
        MessageAssert.IsAnswer(new MessageCase(null, ["a\ufffdb"]), new MessageCase(null, ["a\ud83db"]).Write());
    }

    /// <summary>What was in the buffer before does not matter, and none of it goes out.</summary>
    [Fact]
    public void Messages_AreTheSameInAnyBuffer()
    {
        foreach (MessageCase wanted in MessageCase.Calls.Concat(MessageCase.Answers))
        {
            var zeros = new byte[1 << 16];
            Assert.Equal(wanted.Write(), zeros[..wanted.Write(zeros)]);
        }
    }

    [Fact]
    public void BufferOfAnyLength_HasTheMessageOrIsTooSmall()
    {
        MessageCase[] cases = [MessageCase.Calls[^1], MessageCase.Answers[^1], new(null, [1L])];
        foreach (MessageCase wanted in cases)
        {
            byte[] message = wanted.Write();
            for (int length = 0; length < message.Length; length++)
            {
                var buffer = new byte[length];
                Assert.Throws<ArgumentException>(() => wanted.Write(buffer));
            }

            var enough = new byte[message.Length];
            Assert.Equal(message.Length, wanted.Write(enough));
            Assert.Equal(message, enough);
        }
    }
}
