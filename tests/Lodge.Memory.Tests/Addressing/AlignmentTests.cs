using Xunit;

namespace Lodge.Memory.Tests;

public sealed class AlignmentTests
{
    private const int Seed = 1301;

    [Fact]
    public void Rounding_AgreesWith128BitArithmetic()
    {
        var random = new Random(Seed);
        for (int i = 0; i < 20_000; i++)
        {
            ulong value = AddressCases.Next(random);
            ulong alignment = 1UL << random.Next(64);
            string what = $"seed {Seed}, case {i}: 0x{value:x} to 0x{alignment:x}";
            UInt128 down = (UInt128)value / alignment * alignment;
            UInt128 up = ((UInt128)value + alignment - 1) / alignment * alignment;
            bool fits = up < AddressCases.End;

            Assert.True(down == Alignment.Down(value, alignment), what);
            Assert.True(Alignment.IsAligned(value, alignment) == (down == value), what);
            Assert.True(Alignment.TryUp(value, alignment, out ulong result) == fits, what);
            Assert.True(result == (fits ? (ulong)up : 0), what);

            var address = new GuestAddress(value);
            Assert.True(address.AlignDown(alignment).Value == down, what);
            Assert.True(address.IsAligned(alignment) == (down == value), what);
            Assert.True(address.TryAlignUp(alignment, out GuestAddress upper) == fits, what);
            Assert.True(upper.Value == result, what);
            if (fits)
            {
                Assert.True(Alignment.Up(value, alignment) == result && address.AlignUp(alignment).Value == result, what);
            }
            else
            {
                Assert.Throws<OverflowException>(() => Alignment.Up(value, alignment));
                Assert.Throws<OverflowException>(() => address.AlignUp(alignment));
            }
        }
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(3UL)]
    [InlineData(4095UL)]
    [InlineData(ulong.MaxValue)]
    public void NoPowerOfTwo_IsRefused(ulong alignment)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Alignment.IsAligned(0, alignment));
        Assert.Throws<ArgumentOutOfRangeException>(() => Alignment.Down(0, alignment));
        Assert.Throws<ArgumentOutOfRangeException>(() => Alignment.Up(0, alignment));
        Assert.Throws<ArgumentOutOfRangeException>(() => Alignment.TryUp(0, alignment, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => GuestAddress.Max.TryAlignUp(alignment, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GuestRange(0, 8).IsAligned(alignment));
    }

    [Fact]
    public void Up_To2To64_SaysSo()
    {
        OverflowException exception = Assert.Throws<OverflowException>(() => Alignment.Up(ulong.MaxValue, 4096));
        Assert.Contains("0xffffffffffffffff", exception.Message, StringComparison.Ordinal);
        Assert.Equal(0xffff_ffff_ffff_f000, Alignment.Up(0xffff_ffff_ffff_f000, 4096));
        Assert.Equal(0UL, Alignment.Up(0, 1UL << 63));
    }
}
