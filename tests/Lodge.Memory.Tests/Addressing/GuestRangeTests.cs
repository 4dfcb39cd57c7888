using Xunit;

namespace Lodge.Memory.Tests;

public sealed class GuestRangeTests
{
    private const int Seed = 1303;

    [Fact]
    public void Creation_AgreesWith128BitArithmetic()
    {
        var random = new Random(Seed);
        for (int i = 0; i < 20_000; i++)
        {
            ulong start = AddressCases.Next(random);
            ulong length = AddressCases.Next(random);
            string what = $"seed {Seed}, case {i}: 0x{length:x} from 0x{start:x}";
            bool fits = (UInt128)start + length <= AddressCases.End;

            Assert.True(GuestRange.TryCreate(start, length, out GuestRange range) == fits, what);
            if (!fits)
            {
                Assert.True(range == default, what);
                Assert.Throws<ArgumentOutOfRangeException>(() => new GuestRange(start, length));
                continue;
            }

            Assert.True(range == new GuestRange(start, length), what);
            Assert.True(range.Start.Value == start && range.Length == length && range.IsEmpty == (length == 0), what);
            if (length != 0)
            {
                Assert.True(range.Last.Value == (UInt128)start + length - 1, what);
                Assert.True(GuestRange.FromInclusive(range.Start, range.Last) == range, what);
            }
        }
    }

    [Fact]
    public void Containment_AgreesWith128BitArithmetic()
    {
        var random = new Random(Seed);
        for (int i = 0; i < 50_000; i++)
        {
            GuestRange outer = AddressCases.NextRange(random);
            GuestRange inner = NextNear(random, outer);
            ulong address = random.Next(2) == 0 ? AddressCases.Next(random) : inner.Start.Value;
            string what = $"seed {Seed}, case {i}: {outer}, {inner}, 0x{address:x}";
            UInt128 end = AddressCases.EndOf(outer);

            Assert.True(outer.Contains(new GuestAddress(address)) == (address >= outer.Start.Value && address < end), what);

            // Whether an empty range at 0 lies at the end of one that ends at 2^64 has a test of its own.
            if (!inner.IsEmpty || inner.Start != 0)
            {
                bool contains = inner.Start >= outer.Start && AddressCases.EndOf(inner) <= end;
                Assert.True(outer.Contains(inner) == contains, what);
            }
        }
    }

    [Fact]
    public void Overlap_AgreesWith128BitArithmetic()
    {
        var random = new Random(Seed);
        for (int i = 0; i < 50_000; i++)
        {
            GuestRange left = AddressCases.NextRange(random);
            GuestRange right = NextNear(random, left);
            string what = $"seed {Seed}, case {i}: {left} and {right}";
            UInt128 from = UInt128.Max(left.Start.Value, right.Start.Value);
            UInt128 to = UInt128.Min(AddressCases.EndOf(left), AddressCases.EndOf(right));
            bool overlaps = !left.IsEmpty && !right.IsEmpty && from < to;

            Assert.True(left.Overlaps(right) == overlaps && right.Overlaps(left) == overlaps, what);
            GuestRange expected = overlaps ? new GuestRange((ulong)from, (ulong)(to - from)) : default;
            Assert.True(left.Intersect(right) == expected && right.Intersect(left) == expected, what);
        }
    }

    [Fact]
    public void Contains_AnEmptyRangeAt0_IsFalseForARangeThatEndsAt2To64()
        => Assert.False(new GuestRange(4096, ulong.MaxValue - 4095).Contains(new GuestRange(0, 0)));

    [Fact]
    public void Contains_AnEmptyRangeAtTheEnd_IsTrue()
    {
        Assert.True(new GuestRange(4096, 16).Contains(new GuestRange(4112, 0)));
        Assert.False(new GuestRange(4096, 16).Contains(new GuestRange(4113, 0)));
    }

    [Fact]
    public void Last_OfAnEmptyRange_Throws() => Assert.Throws<InvalidOperationException>(() => new GuestRange(4096, 0).Last);

    [Fact]
    public void FromInclusive_OfTheWholeAddressSpace_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => GuestRange.FromInclusive(0, ulong.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => GuestRange.FromInclusive(1, 0));
        Assert.Equal(new GuestRange(1, ulong.MaxValue), GuestRange.FromInclusive(1, ulong.MaxValue));
    }

    [Fact]
    public void TheLastByte_IsARange()
    {
        var range = new GuestRange(ulong.MaxValue, 1);
        Assert.Equal(GuestAddress.Max, range.Last);
        Assert.True(range.Contains(GuestAddress.Max));
        Assert.False(range.Contains(GuestAddress.Zero));
    }

    [Fact]
    public void IsAligned_LooksAtStartAndLength()
    {
        Assert.True(new GuestRange(4096, 8192).IsAligned(4096));
        Assert.False(new GuestRange(4097, 8192).IsAligned(4096));
        Assert.False(new GuestRange(4096, 8191).IsAligned(4096));
    }

    [Fact]
    public void ToString_NamesStartAndLength() => Assert.Equal("[0x1000, +0x200)", new GuestRange(0x1000, 0x200).ToString());

    // Random ranges hardly ever meet; one that starts near an end of the other does.
    private static GuestRange NextNear(Random random, GuestRange other)
    {
        if (random.Next(3) == 0)
            return AddressCases.NextRange(random);

        ulong edge = random.Next(2) == 0 ? other.Start.Value : unchecked(other.Start.Value + other.Length);
        ulong start = unchecked(edge + (ulong)random.Next(-2, 3));
        ulong length = random.Next(2) == 0 ? (ulong)random.Next(4) : other.Length;
        return GuestRange.TryCreate(start, length, out GuestRange near) ? near : new GuestRange(start, 1);
    }
}
