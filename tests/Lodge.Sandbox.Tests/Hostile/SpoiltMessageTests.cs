using System.Buffers.Binary;
using Xunit;

namespace Lodge.Sandbox.Tests;

/// <summary>Honest messages in which one number is another: sizes, offsets, vtables, types and counts.</summary>
public sealed class SpoiltMessageTests
{
    private static readonly Dictionary<string, (string Function, byte[] Message)> Honest = new()
    {
        ["result: int"] = ("RawResult", Messages.Result(77)),
        ["result: ulong"] = ("RawResult", Messages.Result(77UL)),
        ["result: string"] = ("RawResult", Messages.Result("a text")),
        ["result: bytes"] = ("RawResult", Messages.Result(new byte[] { 1, 2, 3, 4, 5 })),
        ["result: nothing"] = ("RawResult", Messages.Result(GuestValue.Void)),
        ["result: error"] = ("RawResult", Messages.Error(15, "a text")),
        ["host call: numbers"] = ("RawHostCall", Messages.Call("Add", GuestType.Int, 1, 2)),
        ["host call: all sorts"] = (
            "RawHostCall", Messages.Call("Join", GuestType.String, "a", new byte[] { 1, 2 }, 1.5, true, 5UL)),
        ["log"] = ("RawLog", Messages.Log("text")),
    };

    public static TheoryData<string> Names => [.. Honest.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Call_WithASpoiltMessage_IsRefusedOrRead(string name)
    {
        (string function, byte[] message) = Honest[name];
        Restrained.Run(() =>
        {
            using Sandbox sandbox = HostileGuest.Create(options => options.Logger = new Lodge.Machines.Tests.ListLogger());
            using Snapshot clean = sandbox.TakeSnapshot();
            int refused = 0;
            foreach (byte[] spoilt in Spoil(message))
            {
                Outcomes outcome = HostileGuest.Call(sandbox, new Attack(name, Outcomes.Any, function, spoilt));
                bool isReady = (outcome & Outcomes.Ready) != 0;
                Assert.Equal(isReady ? SandboxStatus.Ready : SandboxStatus.Poisoned, sandbox.Status);
                if (!isReady)
                {
                    refused++;
                    sandbox.Restore(clean);
                }
            }

            // Spoilt means spoilt.
            Assert.InRange(refused, 50, int.MaxValue);
            Assert.Equal(3, sandbox.Call<int>("Add", 1, 2));
        });
    }

    private static IEnumerable<byte[]> Spoil(byte[] message)
    {
        uint size = (uint)message.Length;
        uint[] wide =
        [
            0, 1, 2, 3, 4, 8, size - 8, size - 4, size - 1, size, size + 1, 0x7FFF_FFFC, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFF0,
            0xFFFF_FFFC, 0xFFFF_FFFF,
        ];
        ushort[] narrow = [0, 1, 2, 3, 4, 6, 8, (ushort)(size - 4), (ushort)size, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF];
        for (int at = 0; at + 4 <= message.Length; at += 2)
        {
            foreach (uint value in wide)
                yield return With(message, at, bytes => BinaryPrimitives.WriteUInt32LittleEndian(bytes, value));

            // Backwards, to where it is already, and in front of the message.
            foreach (int target in new[] { 0, 4, at })
                yield return With(message, at, bytes => BinaryPrimitives.WriteInt32LittleEndian(bytes, target - at));

            foreach (ushort value in narrow)
                yield return With(message, at, bytes => BinaryPrimitives.WriteUInt16LittleEndian(bytes, value));
        }

        for (int length = 0; length < message.Length; length++)
            yield return message[..length];
    }

    private static byte[] With(byte[] message, int at, Action<byte[]> write)
    {
        byte[] tail = message[at..];
        write(tail);
        return [.. message[..at], .. tail];
    }
}
