using System.Runtime.InteropServices;

namespace Lodge.Paging.Tests;

/// <summary>Two pieces of memory with a hole between them, full of generated entries that lead to each other, and a copy of it
/// all for the oracle.</summary>
internal sealed class PageWorld : IDisposable
{
    private readonly int _granuleShift;
    private readonly int _outputBits;
    private readonly (ulong Start, ulong[] Words)[] _parts;

    /// <param name="random">The source of everything.</param>
    /// <param name="granuleShift">The size of tables.</param>
    /// <param name="outputBits">How many bits addresses have here.</param>
    /// <param name="nextEntry">Makes an entry that leads to an address.</param>
    public PageWorld(Random random, int granuleShift, int outputBits, Func<Random, ulong, ulong> nextEntry)
    {
        _granuleShift = granuleShift;
        _outputBits = outputBits;
        ulong granule = 1UL << granuleShift;
        ulong firstStart = (ulong)random.Next(4) * granule;
        ulong firstSize = (granule * (ulong)random.Next(36, 64)) - CutOff(random);
        ulong secondStart = random.Next(2) == 0
            ? firstStart + (granule * (ulong)random.Next(66, 80))
            : (1UL << (outputBits - 1)) + ((ulong)random.NextInt64() % (1UL << (outputBits - 2)) / granule * granule);
        ulong secondSize = (granule * (ulong)random.Next(12, 24)) - CutOff(random);
        _parts = [(firstStart, new ulong[firstSize / 8]), (secondStart, new ulong[secondSize / 8])];
        Fill(random, nextEntry);
        Memory = GuestMemory.Create([.. _parts.Select(part => MemoryRegion.Anonymous(part.Start, (ulong)part.Words.Length * 8))]);
        for (int i = 0; i < _parts.Length; i++)
            Memory.Regions[i].GetHostSlice().CopyFrom(0, MemoryMarshal.AsBytes<ulong>(_parts[i].Words));
    }

    public GuestMemory Memory { get; }

    /// <summary>What the oracle reads.</summary>
    public ulong? Read(ulong address)
    {
        foreach ((ulong start, ulong[] words) in _parts)
        {
            if (address >= start && (address - start) / 8 < (ulong)words.Length)
                return words[(address - start) / 8];
        }

        return null;
    }

    /// <summary>Writes what the oracle says that a processor writes.</summary>
    public void Apply(IEnumerable<OracleStep> updates)
    {
        foreach (OracleStep update in updates)
        {
            (ulong start, ulong[] words) = _parts.Single(part => update.EntryAddress - part.Start < (ulong)part.Words.Length * 8);
            words[(update.EntryAddress - start) / 8] = update.Entry;
        }
    }

    /// <summary>The first address where the memory is not what the oracle says; nothing where it is.</summary>
    public ulong? FindDifference()
    {
        foreach ((ulong start, ulong[] words) in _parts)
        {
            for (int i = 0; i < words.Length; i++)
            {
                if (Memory.Read<LittleEndian<ulong>>(start + ((ulong)i * 8)) != words[i])
                    return start + ((ulong)i * 8);
            }
        }

        return null;
    }

    /// <summary>A place for a table, mostly all of it in memory.</summary>
    public ulong NextRoot(Random random, ulong tableBytes)
    {
        (ulong start, ulong[] words) = _parts[random.Next(4) == 0 ? 1 : 0];
        ulong address = start + ((ulong)random.NextInt64() % ((ulong)words.Length * 8));
        return address / tableBytes * tableBytes;
    }

    public void Dispose() => Memory.Dispose();

    // A piece that ends within a table has only some of its entries.
    private static ulong CutOff(Random random) => random.Next(2) == 0 ? 0 : (ulong)random.Next(256) * 8;

    // Entries are taken from a pool in runs: making each of its own would cost more than all the walks.
    private void Fill(Random random, Func<Random, ulong, ulong> nextEntry)
    {
        ulong[] pool = new ulong[8192];
        for (int i = 0; i < pool.Length; i++)
            pool[i] = nextEntry(random, NextTarget(random));

        foreach ((_, ulong[] words) in _parts)
        {
            for (int done = 0; done < words.Length; done += 512)
            {
                int from = random.Next(pool.Length - 512);
                Array.Copy(pool, from, words, done, Math.Min(512, words.Length - done));
            }
        }
    }

    private ulong NextTarget(Random random)
    {
        ulong granule = 1UL << _granuleShift;
        if (random.Next(20) == 0)
        {
            ulong anywhere = (ulong)random.NextInt64() & ((1UL << Math.Min(_outputBits + random.Next(2), 56)) - 1);
            return anywhere / granule * granule;
        }

        // Some are in the hole between the pieces, and some behind the second.
        (ulong start, ulong[] words) = _parts[random.Next(3) == 0 ? 1 : 0];
        ulong granules = ((ulong)words.Length * 8 / granule) + (random.Next(16) == 0 ? 3UL : 0);
        return start + ((ulong)random.NextInt64() % granules * granule);
    }
}
