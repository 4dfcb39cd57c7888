using Xunit;

namespace Lodge.Elf.Tests;

public sealed class AddressMapTests
{
    /// <summary>Against a search through all ranges, at small numbers and at both ends of the address space.</summary>
    [Theory]
    [InlineData(0UL)]
    [InlineData(ulong.MaxValue - 40)]
    public void Find_GivesWhatANaiveSearchGives(ulong offset)
    {
        for (int seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var ranges = new List<AddressMap.Range>();
            for (int i = random.Next(12); i > 0; i--)
            {
                ulong first = offset + (ulong)random.Next(41);
                ulong last = Math.Max(first, offset + (ulong)random.Next(41));
                ranges.Add(new AddressMap.Range(first, last, ranges.Count, random.Next(3)));
            }

            var map = AddressMap.Build([.. ranges]);
            for (ulong i = 0; i <= 40; i++)
            {
                ulong address = offset + i;
                AddressMap.Range[] best = Best(ranges, address);
                Assert.True(map.TryFind(address, out int value, out ulong last) == (best.Length != 0), $"Seed {seed}");
                if (best.Length == 0)
                    continue;

                Assert.True(best[0].Value == value, $"Seed {seed}, address {address}: {best[0].Value}, not {value}");
                Assert.InRange(last, address, best[0].Last);
                for (ulong other = address; other <= last && other >= address; other++)
                    Assert.True(Best(ranges, other)[0].Value == value, $"Seed {seed}, address {address}, last {last}");
            }
        }
    }

    private static AddressMap.Range[] Best(List<AddressMap.Range> ranges, ulong address) =>
    [
        .. ranges.Where(range => range.First <= address && address <= range.Last)
            .OrderByDescending(range => range.First)
            .ThenByDescending(range => range.Rank)
            .ThenBy(range => range.Value),
    ];
}
