using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Xunit;

namespace Lodge.Memory.Tests;

public sealed class EndianTests
{
    private const int Seed = 1401;

    [StructLayout(LayoutKind.Sequential)]
    private struct WireHeader
    {
        public byte Kind;
        public BigEndian<ushort> Port;
        public LittleEndian<uint> Length;
        public BigEndian<ulong> Address;
        public LittleEndian<UInt128> Id;
    }

    [Fact]
    public void WireStructures_HaveNoPadding()
    {
        WireHeader header = default;
        Assert.Equal(31, Unsafe.SizeOf<WireHeader>());
        Assert.Equal(1, OffsetOf(ref header, ref header.Port));
        Assert.Equal(3, OffsetOf(ref header, ref header.Length));
        Assert.Equal(7, OffsetOf(ref header, ref header.Address));
        Assert.Equal(15, OffsetOf(ref header, ref header.Id));
        Assert.True(PlainData.IsPlain<WireHeader>());
    }

    [Fact]
    public void SixteenBits_LieAsTheTypeSays()
    {
        Assert.Equal([0x34, 0x12], Bytes(new LittleEndian<ushort>(0x1234)));
        Assert.Equal([0x12, 0x34], Bytes(new BigEndian<ushort>(0x1234)));
    }

    [Fact]
    public void SixtyFourBits_LieAsTheTypeSays()
    {
        Assert.Equal([8, 7, 6, 5, 4, 3, 2, 1], Bytes(new LittleEndian<ulong>(0x0102030405060708)));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], Bytes(new BigEndian<ulong>(0x0102030405060708)));
    }

    [Fact]
    public void EveryInteger_ComesBackAndLiesAsTheTypeSays()
    {
        Check<byte>();
        Check<sbyte>();
        Check<ushort>();
        Check<short>();
        Check<uint>();
        Check<int>();
        Check<ulong>();
        Check<long>();
        Check<UInt128>();
        Check<Int128>();
    }

    [Fact]
    public void Equality_IsByValue()
    {
        Assert.True(new BigEndian<int>(-5) == new BigEndian<int>(-5));
        Assert.True(new BigEndian<int>(-5) != new BigEndian<int>(5));
        Assert.True(new LittleEndian<int>(-5).Equals((object)new LittleEndian<int>(-5)));
        Assert.False(new LittleEndian<int>(-5).Equals((object)-5));
        Assert.Equal(new BigEndian<int>(7).GetHashCode(), new BigEndian<int>(7).GetHashCode());
        Assert.Equal("-5", new BigEndian<int>(-5).ToString());
        Assert.Equal("-5", new LittleEndian<int>(-5).ToString());
    }

    [Fact]
    public void Default_IsZero()
    {
        Assert.Equal(0u, default(BigEndian<uint>).Value);
        Assert.Equal(0u, default(LittleEndian<uint>).Value);
    }

    private static void Check<T>() where T : unmanaged, IBinaryInteger<T>
    {
        var random = new Random(Seed);
        Assert.Equal(Unsafe.SizeOf<T>(), Unsafe.SizeOf<LittleEndian<T>>());
        Assert.Equal(Unsafe.SizeOf<T>(), Unsafe.SizeOf<BigEndian<T>>());
        byte[] expected = new byte[Unsafe.SizeOf<T>()];
        for (int i = 0; i < 1000; i++)
        {
            T value = default;
            random.NextBytes(MemoryMarshal.AsBytes(new Span<T>(ref value)));
            LittleEndian<T> little = value;
            BigEndian<T> big = value;
            Assert.Equal(value, little.Value);
            Assert.Equal(value, (T)little);
            Assert.Equal(value, big.Value);
            Assert.Equal(value, (T)big);

            value.WriteLittleEndian(expected);
            Assert.Equal(expected, Bytes(little));
            value.WriteBigEndian(expected);
            Assert.Equal(expected, Bytes(big));
        }
    }

    private static byte[] Bytes<T>(T value) where T : unmanaged => MemoryMarshal.AsBytes(new Span<T>(ref value)).ToArray();

    private static int OffsetOf<TField>(ref WireHeader header, ref TField field)
        => (int)Unsafe.ByteOffset(ref Unsafe.As<WireHeader, byte>(ref header), ref Unsafe.As<TField, byte>(ref field));
}
