using Xunit;

namespace Lodge.Sandbox.Tests;

/// <summary>Whatever the bytes, only <see cref="ProtocolException"/> comes out, soon, and little is allocated for it.</summary>
public sealed class HostileMessageTests
{
    // A log record may name one text four times, and a text takes two bytes for each of UTF-8.
    private const int MostPerByte = 2 * 4;
    private const int MostPerMessage = 32 << 10;

    private static readonly byte[][] Samples =
    [
        NaiveMessage.Of(new MessageCase("call", MessageCase.Arguments[..16], GuestType.Bytes), omitsDefaults: false),
        NaiveMessage.Of(new MessageCase("c", [1, "text", new byte[] { 1, 2, 3 }, 1L, true]), omitsDefaults: true),
        NaiveMessage.Of(new MessageCase(null, ["a text \u00fc"]), omitsDefaults: false),
        NaiveMessage.Of(new MessageCase(null, [new byte[7]]), omitsDefaults: false),
        NaiveMessage.Of(new MessageCase(null, [1.5]), omitsDefaults: false),
        NaiveMessage.Of(new MessageCase("an error", [], Code: 15), omitsDefaults: false),
        Written(new MessageCase("call", [1L, "text", new byte[] { 1, 2, 3 }, true, 1f])),
        LogRecord(),
    ];

    [Fact]
    public void Samples_AreEachReadByWhatTheyAreFor()
    {
        Assert.All(Samples, sample => Assert.InRange(Refusals(sample, () => "A sample"), 0, 2));
        Assert.Equal(LogRecordOf("log", 3, 77), MessageReader.ReadLog(LogRecord()));
    }

    [Fact]
    public void MessageCutShort_AtEveryByte_IsRefusedOrHarmless()
        => HostileInput.WithinAMinute(() =>
        {
            foreach (byte[] sample in Samples)
            {
                for (int length = 0; length < sample.Length; length++)
                {
                    int cut = length;
                    Assert.Equal(3, Refusals(sample[..length], () => $"Cut to {cut} bytes"));
                    if (length < 4)
                        continue;

                    // With a size prefix that says so, what is cut off may be what nobody looks at.
                    byte[] consistent = sample[..length];
                    HostileInput.Set(consistent, 0, 4, (ulong)length - 4);
                    Refusals(consistent, () => $"Cut to {cut} bytes, and said so");
                }
            }
        });

    [Fact]
    public void EveryField_AtItsExtremes_IsRefusedOrHarmless()
        => HostileInput.WithinAMinute(() =>
        {
            foreach (byte[] sample in Samples)
            {
                foreach ((byte[] bytes, string what) in HostileInput.WithExtremes(sample, 1, 2, 4))
                    Refusals(bytes, () => what);
            }
        });

    [Fact]
    public void RandomChanges_AreRefusedOrHarmless()
        => HostileInput.WithinAMinute(() => HostileInput.AtRandom((random, what) =>
        {
            byte[] bytes = (byte[])Samples[random.Next(Samples.Length)].Clone();
            HostileInput.Mutate(random, bytes);
            return Refusals(bytes, what) == 3;
        }));

    [Fact]
    public void RandomBytes_AreRefusedOrHarmless()
    {
        var random = new Random(4711);
        var bytes = new byte[200];
        for (int i = 0; i < 20_000; i++)
        {
            // Small words, which lead to places in the message.
            for (int at = 0; at < bytes.Length; at += 2)
                HostileInput.Set(bytes, at, 2, (ulong)(random.Next(3) == 0 ? random.Next(200) : 0));

            HostileInput.Set(bytes, 0, 4, 196);
            int number = i;
            Refusals(bytes, () => $"Message {number}");
        }
    }

    /// <summary>The root, its value and its value's value are one table, whose every field is where it begins.</summary>
    [Fact]
    public void TableThatLeadsToItself_IsReadNoDeeperThanTheSchema()
    {
        for (int first = 0; first < 16; first++)
        {
            var message = new NaiveMessage();
            int[] at = message.TableFrom(4, (4, (ulong)first), (4, 0), (4, 2), (4, 0));
            foreach (int word in at[..^1])
            {
                if (word != at[0])
                    message.Lead(word, at[^1]);
            }

            Assert.Equal(3, Refusals(message.ToArray(), () => $"A loop with {first}"));
        }

        // Offsets of 0 lead to where they stand.
        Assert.Equal(3, Refusals([4, 0, 0, 0, 0, 0, 0, 0], () => "A root of 0"));
    }

    [Theory]
    [InlineData(GuestType.Bytes)]
    [InlineData(GuestType.String)]
    public void ParametersThatAreAllTheSameVector_AreRefusedBeforeTheyTakeMoreThanTheMessage(GuestType type)
    {
        byte[] message = Aliasing(type, parameters: 16, bytes: 1 << 20);
        long most = (2L * message.Length) + MostPerMessage;
        Assert.True(HostileInput.IsRefused<ProtocolException>(
            () => MessageReader.ReadCall(message, new GuestValue[16]), most, () => "Sixteen"));
        Assert.True(RefusesCall(Aliasing(type, parameters: 17, bytes: 1 << 20), () => "Seventeen"));
    }

    [Theory]
    [InlineData(0x10_0000)]
    [InlineData(0x3fff_ffff)]
    [InlineData(0x4000_0000)]
    [InlineData(0x7fff_ffff)]
    [InlineData(0x8000_0000)]
    [InlineData(0xffff_ffff)]
    public void ListThatSaysItIsLong_IsRefusedBeforeAnythingIsAllocated(uint count)
    {
        var message = new NaiveMessage();
        int[] call = message.TableFrom(4, (4, 0), (4, 0), (1, 2));
        message.Set(message.VectorFrom(call[1], 16) - 4, 4, count);
        message.TextFrom(call[0], "f");
        Assert.True(RefusesCall(message.ToArray(), () => $"{count} parameters"));
    }

    /// <summary>How many of the three readers refuse a message.</summary>
    private static int Refusals(byte[] message, Func<string> what)
        => (RefusesCall(message, what) ? 1 : 0)
            + (Refuses(message, what, static message => MessageReader.ReadResult(message, out _)) ? 1 : 0)
            + (Refuses(message, what, static message => MessageReader.ReadLog(message)) ? 1 : 0);

    private static bool RefusesCall(byte[] message, Func<string> what)
        => Refuses(
            message, what, static message => MessageReader.ReadCall(message, new GuestValue[MessageFormat.MostParameters]));

    private static bool Refuses(byte[] message, Func<string> what, Action<byte[]> read)
        => HostileInput.IsRefused<ProtocolException>(
            () => read(message), ((long)message.Length * MostPerByte) + MostPerMessage, what);

    /// <summary>A call as the library writes it, and of the host.</summary>
    private static byte[] Written(MessageCase call)
    {
        byte[] message = call.Write();
        message[NaiveTable.Root(message).At(MessageFormat.CallKind, 1)] = MessageFormat.HostCall;
        return message;
    }

    private static byte[] Aliasing(GuestType type, int parameters, int bytes)
    {
        var message = new NaiveMessage();
        int[] call = message.TableFrom(4, (4, 0), (4, 0), (1, 2));
        message.TextFrom(call[0], "f");
        int list = message.VectorFrom(call[1], parameters);
        int[] union = message.TableFrom(list, (1, type == GuestType.Bytes ? 9UL : 7), (4, 0));
        for (int i = 1; i < parameters; i++)
            message.Lead(list + (4 * i), union[^1]);

        message.BytesFrom(message.TableFrom(union[1], (4, 0))[0], [.. Enumerable.Repeat((byte)'x', bytes)], hasZero: true);
        return message.ToArray();
    }

    private static GuestLogRecord LogRecordOf(string text, byte level, uint line)
        => new(text, $"{text} source", level, $"{text} caller", $"{text} file", line);

    private static byte[] LogRecord() => NaiveMessage.OfLog(LogRecordOf("log", 3, 77));
}
