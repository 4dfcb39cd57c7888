using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Lodge.Memory.Tests;

public sealed class SocketTransferTests : IDisposable
{
    private const int Piece = 0x1000;
    private readonly GuestMemory _memory = PieceMemory.Create(0x10000, Piece, 40, 39);

    public void Dispose() => _memory.Dispose();

    [Fact]
    public void TcpStream_BetweenTwoGuests_KeepsEveryByte()
    {
        (Socket left, Socket right) = ConnectTcp();
        using (left)
        using (right)
        {
            byte[] content = PieceMemory.Bytes(30 * Piece);
            _memory.WriteExactly(0x10005, content);
            PieceMemory.HarvestDirty(_memory);
            using GuestMemory other = PieceMemory.Create(0, Piece, 31);
            var sender = new Thread(() => SendAll(_memory, 0x10005, left, content.Length)) { IsBackground = true };
            sender.Start();

            ulong done = 0;
            while (done < (ulong)content.Length)
            {
                TransferResult result = other.ReceiveFrom(0x123 + done, right, (ulong)content.Length - done);
                Assert.False(result.IsFault);
                Assert.NotEqual(0UL, result.Bytes);
                done += result.Bytes;
            }

            Assert.True(sender.Join(TimeSpan.FromSeconds(20)));
            Assert.Equal(content, PieceMemory.Read(other, 0x123, content.Length));
            Assert.Equal(PieceMemory.Pages(0, 31), PieceMemory.HarvestDirty(other));
            Assert.Empty(PieceMemory.HarvestDirty(_memory));
        }
    }

    [Fact]
    public void StreamThatThePeerClosed_GivesNoBytesAndNoFault()
    {
        (Socket left, Socket right) = ConnectTcp();
        left.Dispose();
        using (right)
        {
            Assert.Equal(default, _memory.ReceiveFrom(0x10000, right, 10));
            Assert.Equal(default, _memory.ReceiveFrom(0x10ff0, right, 2 * Piece));
        }

        Assert.Empty(PieceMemory.HarvestDirty(_memory));
    }

    [Fact]
    public void ShortMessage_ToMemoryInPieces_MarksOnlyWhatItReached()
    {
        (Socket left, Socket right) = ConnectTcp();
        using (left)
        using (right)
        {
            left.Send(PieceMemory.Bytes(0x20));
            Assert.Equal(0x20UL, ReceiveAll(0x10ff0, right, 0x20, room: 4 * Piece));
            Assert.Equal(PieceMemory.Bytes(0x20), PieceMemory.Read(_memory, 0x10ff0, 0x20));
            Assert.Equal(PieceMemory.Pages(0x10000, 2), PieceMemory.HarvestDirty(_memory));
        }
    }

    [LinuxFact]
    public void Datagram_ToAndFromMemoryInPieces_StaysOneDatagram()
    {
        using var left = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        using var right = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        left.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        right.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        left.Connect(right.LocalEndPoint!);
        right.Connect(left.LocalEndPoint!);
        right.ReceiveTimeout = 10_000;
        byte[] content = PieceMemory.Bytes(3 * Piece);
        _memory.WriteExactly(0x10800, content);

        Assert.Equal(new TransferResult(3 * Piece, default), _memory.SendTo(0x10800, left, 3 * Piece));
        Assert.Equal(new TransferResult(100, default), _memory.SendTo(0x10800, left, 100));
        Assert.Equal(new TransferResult(3 * Piece, default), _memory.ReceiveFrom(0x20800, right, 8 * Piece));
        Assert.Equal(new TransferResult(100, default), _memory.ReceiveFrom(0x28800, right, 8 * Piece));

        Assert.Equal(content, PieceMemory.Read(_memory, 0x20800, 3 * Piece));
        Assert.Equal(content[..100], PieceMemory.Read(_memory, 0x28800, 100));
    }

    [LinuxFact]
    public void UnixSocket_CarriesMemoryInPieces()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint($"\0lodge-{Guid.NewGuid():n}"));
        listener.Listen();
        using var left = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        left.Connect(listener.LocalEndPoint!);
        using Socket right = listener.Accept();
        byte[] content = PieceMemory.Bytes(2 * Piece);
        _memory.WriteExactly(0x10800, content);

        Assert.Equal(new TransferResult(2 * Piece, default), _memory.SendTo(0x10800, left, 2 * Piece));
        Assert.Equal(2UL * Piece, ReceiveAll(0x20400, right, 2 * Piece, 2 * Piece));
        Assert.Equal(content, PieceMemory.Read(_memory, 0x20400, 2 * Piece));
    }

    [LinuxFact]
    public async Task Receive_OnASocketTheRuntimeMadeNonBlocking_WaitsNonetheless()
    {
        (Socket left, Socket right) = ConnectTcp();
        using (left)
        using (right)
        {
            // An asynchronous receive makes the runtime turn the descriptor non-blocking for good.
            Task<int> pending = right.ReceiveAsync(new byte[1], SocketFlags.None);
            left.Send([1]);
            Assert.Equal(1, await pending);
            var sender = new Thread(() =>
            {
                Thread.Sleep(50);
                left.Send(PieceMemory.Bytes(16));
            })
            { IsBackground = true };
            sender.Start();

            Assert.Equal(16UL, _memory.ReceiveFrom(0x10ff8, right, 16).Bytes);
            Assert.True(sender.Join(TimeSpan.FromSeconds(20)));
        }
    }

    [Fact]
    public void FaultAtTheFirstByte_IsAFaultAndTouchesNoSocket()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        TransferResult result = _memory.ReceiveFrom(0x37000, socket, 16);
        Assert.Equal(new TransferResult(0, new AccessFault(FaultKind.Unmapped, 0x37000, 16, MemoryAccess.Write)), result);
        result = _memory.SendTo(0x37000, socket, 16);
        Assert.Equal(new TransferResult(0, new AccessFault(FaultKind.Unmapped, 0x37000, 16, MemoryAccess.Read)), result);
        Assert.Equal(default, _memory.SendTo(0x10000, socket, 0));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void SocketThatIsNotConnected_IsTheHostsAffair(int pieces)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Assert.Throws<SocketException>(() => _memory.ReceiveFrom(0x10000, socket, (ulong)(pieces * Piece)));
        Assert.Throws<SocketException>(() => _memory.SendTo(0x10000, socket, (ulong)(pieces * Piece)));
        Assert.Empty(PieceMemory.HarvestDirty(_memory));
    }

    private ulong ReceiveAll(ulong address, Socket socket, ulong length, ulong room)
    {
        ulong done = 0;
        while (done < length)
        {
            ulong received = _memory.ReceiveFrom(address + done, socket, room - done).Bytes;
            if (received == 0)
                break;

            done += received;
        }

        return done;
    }

    private static void SendAll(GuestMemory memory, ulong address, Socket socket, int length)
    {
        for (ulong done = 0; done < (ulong)length;)
            done += memory.SendTo(address + done, socket, (ulong)length - done).Bytes;
    }

    private static (Socket Left, Socket Right) ConnectTcp()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var left = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        left.Connect(listener.LocalEndPoint!);
        Socket right = listener.Accept();
        right.ReceiveTimeout = 10_000;
        return (left, right);
    }
}
