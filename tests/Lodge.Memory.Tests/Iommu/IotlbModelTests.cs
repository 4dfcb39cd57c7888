using Xunit;

namespace Lodge.Memory.Tests;

/// <summary>Random operations on an <see cref="Iotlb"/> and on a dictionary that has one entry for each byte.</summary>
public sealed class IotlbModelTests
{
    private const int SpaceSize = 192;

    [Theory]
    [InlineData(0UL, 0x7000UL)]
    [InlineData(0x1_0000_0f80UL, 0UL)]
    [InlineData(ulong.MaxValue - SpaceSize + 1, 0x12340UL)]
    public void RandomOperations_GiveWhatADictionaryOfBytesGives(ulong start, ulong target)
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        var iotlb = new Iotlb();
        var model = new Dictionary<ulong, (ulong Target, MemoryAccess Rights)>();
        for (int step = 0; step < 3000; step++)
        {
            Apply(random, iotlb, model, start, target);
            for (ulong offset = 0; offset < SpaceSize; offset++)
                AssertSame(iotlb, model, start + offset, $"seed {seed}, step {step}, address 0x{start + offset:x}");
        }
    }

    [Fact]
    public void RandomOperationsInASmallCache_FindNothingElseThanADictionaryDoes()
    {
        const int Capacity = 5;
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        var iotlb = new Iotlb(Capacity);
        var model = new Dictionary<ulong, (ulong Target, MemoryAccess Rights)>();
        int found = 0;
        for (int step = 0; step < 3000; step++)
        {
            Apply(random, iotlb, model, 0, 0x7000);
            Assert.True(iotlb.Count <= Capacity, $"seed {seed}, step {step}: {iotlb.Count} mappings");
            for (ulong address = 0; address < SpaceSize; address++)
            {
                if (!iotlb.TryLookup(address, out _))
                    continue;

                found++;
                AssertSame(iotlb, model, address, $"seed {seed}, step {step}, address 0x{address:x}");
            }
        }

        Assert.True(found > 3000, $"seed {seed}: a cache that forgets everything would pass; {found} found");
    }

    private static void Apply(
        Random random, Iotlb iotlb, Dictionary<ulong, (ulong Target, MemoryAccess Rights)> model, ulong start, ulong target)
    {
        ulong offset = (ulong)random.Next(SpaceSize);
        ulong length = (ulong)random.Next(SpaceSize - (int)offset + 1);
        ulong longest = (ulong)random.Next(1, 48);
        length = Math.Min(length, longest);
        int kind = random.Next(100);
        if (kind == 0)
        {
            iotlb.InvalidateAll();
            model.Clear();
        }
        else if (kind < 35)
        {
            iotlb.Invalidate(new GuestRange(start + offset, length));
            for (ulong i = 0; i < length; i++)
                model.Remove(start + offset + i);
        }
        else
        {
            ulong to = target + offset + (8 * (ulong)random.Next(64));
            if (random.Next(10) == 0)
                to++;

            var rights = (MemoryAccess)random.Next(8);
            bool isPossible = length != 0 && (((start + offset) ^ to) & 7) == 0;
            Assert.Equal(isPossible, iotlb.TryMap(new IommuMapping(new GuestRange(start + offset, length), to, rights)));
            for (ulong i = 0; isPossible && i < length; i++)
                model[start + offset + i] = (to + i, rights);
        }
    }

    private static void AssertSame(
        Iotlb iotlb, Dictionary<ulong, (ulong Target, MemoryAccess Rights)> model, ulong address, string where)
    {
        bool isFound = iotlb.TryLookup(address, out IommuMapping mapping);
        bool isExpected = model.TryGetValue(address, out (ulong Target, MemoryAccess Rights) expected);
        if (isFound != isExpected)
            Assert.Fail($"{where}: found {isFound}, expected {isExpected}");

        if (isFound && (mapping.Target + (address - mapping.Range.Start) != expected.Target || mapping.Rights != expected.Rights))
            Assert.Fail($"{where}: {mapping} and not 0x{expected.Target:x} {expected.Rights}");
    }
}
