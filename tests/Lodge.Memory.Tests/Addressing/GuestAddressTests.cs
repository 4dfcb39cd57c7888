using System.Globalization;
using Xunit;

namespace Lodge.Memory.Tests;

public sealed class GuestAddressTests
{
    private const int Seed = 1302;

    [Fact]
    public void Arithmetic_AgreesWith128BitArithmetic()
    {
        var random = new Random(Seed);
        for (int i = 0; i < 20_000; i++)
        {
            GuestAddress left = AddressCases.Next(random);
            ulong right = AddressCases.Next(random);
            string what = $"seed {Seed}, case {i}: {left} and 0x{right:x}";
            UInt128 sum = (UInt128)left.Value + right;
            bool fits = sum < AddressCases.End;

            Assert.True(left.TryAdd(right, out GuestAddress result) == fits, what);
            Assert.True(result.Value == (fits ? (ulong)sum : 0), what);
            if (fits)
                Assert.True((left + right).Value == sum, what);
            else
                Assert.Throws<OverflowException>(() => left + right);

            if (right <= left.Value)
            {
                Assert.True((left - right).Value == left.Value - right, what);
                Assert.True(left - new GuestAddress(right) == left.Value - right, what);
            }
            else
            {
                Assert.Throws<OverflowException>(() => left - right);
                Assert.Throws<OverflowException>(() => left - new GuestAddress(right));
            }
        }
    }

    [Fact]
    public void Comparison_IsUnsigned()
    {
        var random = new Random(Seed);
        for (int i = 0; i < 5_000; i++)
        {
            GuestAddress left = AddressCases.Next(random);
            GuestAddress right = random.Next(4) == 0 ? left : AddressCases.Next(random);
            int expected = left.Value.CompareTo(right.Value);
            string what = $"seed {Seed}, case {i}: {left} and {right}";

            Assert.True(left.CompareTo(right) == expected, what);
            Assert.True((left < right) == (expected < 0) && (left > right) == (expected > 0), what);
            Assert.True((left <= right) == (expected <= 0) && (left >= right) == (expected >= 0), what);
            Assert.True((left == right) == (expected == 0) && (left != right) == (expected != 0), what);
            Assert.True(left.Equals(right) == (expected == 0) && left.Equals((object)right) == (expected == 0), what);
            if (expected == 0)
                Assert.Equal(left.GetHashCode(), right.GetHashCode());
        }
    }

    [Fact]
    public void Equals_WithAnotherType_IsFalse() => Assert.False(GuestAddress.Zero.Equals((object)0UL));

    [Theory]
    [InlineData(0UL, "0x0")]
    [InlineData(0x1000UL, "0x1000")]
    [InlineData(ulong.MaxValue, "0xffffffffffffffff")]
    public void ToString_IsHexadecimal(ulong value, string expected)
    {
        GuestAddress address = value;
        Assert.Equal(expected, address.ToString());
        Assert.Equal(expected, $"{address}");
        Assert.Equal(expected, address.ToString(null, CultureInfo.InvariantCulture));

        Span<char> buffer = stackalloc char[32];
        Assert.True(address.TryFormat(buffer, out int written, default, CultureInfo.InvariantCulture));
        Assert.Equal(expected, buffer[..written].ToString());
        Assert.False(address.TryFormat(buffer[..(expected.Length - 1)], out _, default, CultureInfo.InvariantCulture));
    }

    [Fact]
    public void ToString_WithAFormat_IsThatOfTheNumber()
    {
        GuestAddress address = 255;
        Assert.Equal("00FF", address.ToString("X4", CultureInfo.InvariantCulture));
        Assert.Equal("00FF", string.Create(CultureInfo.InvariantCulture, $"{address:X4}"));
    }

    [Fact]
    public void ZeroAndMax_AreTheEnds()
    {
        Assert.Equal(0UL, GuestAddress.Zero.Value);
        Assert.Equal(ulong.MaxValue, GuestAddress.Max.Value);
        Assert.Equal(default, GuestAddress.Zero);
    }
}
