using System.Buffers.Binary;
using System.Diagnostics;
using Xunit;

namespace Lodge.Sandbox.Tests;

/// <summary>Guests that make much of little.</summary>
public sealed class AmplificationTests
{
    /// <summary>Each of the arguments is the same text, which is in the message once.</summary>
    [Fact]
    public void HostCall_WhoseArgumentsAreOneText_IsRefused()
    {
        const int Bytes = 4 << 20;
        using Sandbox sandbox = HostileGuest.Create(static options =>
        {
            options.InputBufferSize = 2 * Bytes;
            options.OutputBufferSize = 2 * Bytes;
            options.HeapSize = 4 * Bytes;
            options.ScratchSize = 16 * Bytes;
        });
        string text = new('x', Bytes);
        byte[] one = Messages.Call(
            "Nothing", GuestType.Void, [text, .. Enumerable.Repeat<GuestValue>(1, MessageFormat.MostParameters - 1)]);
        int root = 4 + BinaryPrimitives.ReadInt32LittleEndian(one.AsSpan(4));
        int list = root + 8 + BinaryPrimitives.ReadInt32LittleEndian(one.AsSpan(root + 8));
        int first = list + 4 + BinaryPrimitives.ReadInt32LittleEndian(one.AsSpan(list + 4));
        for (int i = 0; i < MessageFormat.MostParameters; i++)
        {
            int at = list + 4 + (4 * i);
            BinaryPrimitives.WriteInt32LittleEndian(one.AsSpan(at), first - at);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<GuestCrashedException>(() => sandbox.Call<bool>("RawHostCall", one));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 * Bytes);
    }

    [Fact]
    public void Call_OfAGuestWithMillionsOfSymbols_IsStoppedInTime()
    {
        byte[] elf = File.ReadAllBytes(HostileGuest.Path);
        const int Symbols = 4_000_000;
        int names = (elf.Length + 7) & ~7;
        int table = names + 8;
        int headers = table + (Symbols * 24);
        var file = new byte[headers + (3 * 64)];
        elf.CopyTo(file, 0);
        file[names + 1] = (byte)'a';
        var random = new Random(5);
        for (int i = 1; i < Symbols; i++)
        {
            Span<byte> symbol = file.AsSpan(table + (i * 24), 24);
            BinaryPrimitives.WriteUInt32LittleEndian(symbol, 1);
            symbol[4] = 0x12;
            symbol[6] = 1;
            BinaryPrimitives.WriteUInt64LittleEndian(symbol[8..], (ulong)random.Next(0x10000));
            BinaryPrimitives.WriteUInt64LittleEndian(symbol[16..], (ulong)random.Next(0x10000));
        }

        Section(1, 2, table, Symbols * 24, 2, 24);
        Section(2, 3, names, 3, 0, 0);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(0x28), (ulong)headers);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(0x3A), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(0x3C), 3);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(0x3E), 0);
        using var sandbox = Sandbox.Create(file, options => options.Engine = HostileGuest.Engine);
        var watch = Stopwatch.StartNew();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<GuestTimeoutException>(() => sandbox.Call("Loop", TimeSpan.FromMilliseconds(100), CancellationToken.None));
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.InRange(allocated, 0, 64 << 20);

        void Section(int index, uint type, int offset, int size, uint link, ulong entry)
        {
            Span<byte> header = file.AsSpan(headers + (index * 64), 64);
            BinaryPrimitives.WriteUInt32LittleEndian(header[4..], type);
            BinaryPrimitives.WriteUInt64LittleEndian(header[24..], (ulong)offset);
            BinaryPrimitives.WriteUInt64LittleEndian(header[32..], (ulong)size);
            BinaryPrimitives.WriteUInt32LittleEndian(header[40..], link);
            BinaryPrimitives.WriteUInt64LittleEndian(header[56..], entry);
        }
    }
}
