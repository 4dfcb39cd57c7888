using System.Diagnostics;
using Xunit;

namespace Lodge.Memory.Tests;

/// <summary>Slices, spans and maps that are used while their memory is disposed of, collected and replaced by others'.</summary>
[Collection(ProcessStateCollection.Name)]
public sealed class StragglerTortureTests
{
    private const int Size = 0x8000;
    private const byte Own = 0xa5;
    private const byte Foreign = 0xee;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(1);

    [LinuxTheory]
    [InlineData("Anonymous")]
    [InlineData("Shared")]
    [InlineData("CopyOnWrite")]
    [InlineData("FromArena")]
    public void WhatIsHeldAcrossDisposal_ShowsItsOwnBytesOrZeros(string kind)
    {
        var arena = new MemoryArena(64 * Size);
        GuestMemory current = NewMap(kind, arena);
        long rounds = 0;
        using (var crew = new Crew())
        {
            crew.Start(() => ReadThroughMap(Volatile.Read(ref current)));
            crew.Start(() => ReadThroughSpan(Volatile.Read(ref current)));
            crew.Start(() => ReadAndWriteThroughSlice(Volatile.Read(ref current)));
            List<MemoryRegion> neighbours = [];
            for (var clock = Stopwatch.StartNew(); clock.Elapsed < Length && crew.IsRunning; rounds++)
            {
                GuestMemory old = Interlocked.Exchange(ref current, NewMap(kind, arena));
                old.Dispose();
                neighbours.Add(NewNeighbour(kind, arena));
                if (neighbours.Count >= 16)
                {
                    CheckAndDrop(neighbours);
                    GC.Collect();
                }
            }

            CheckAndDrop(neighbours);
        }

        arena.Dispose();
        Assert.True(rounds > 20, $"Only {rounds} rounds.");
    }

    private static GuestMemory NewMap(string kind, MemoryArena arena)
    {
        MemoryRegion region = Make(kind, arena);
        Assert.False(region.GetHostSlice().DangerousGetReadOnlySpan().ContainsAnyExcept((byte)0), "Fresh memory is not zero.");
        region.GetHostSlice().Fill(Own);
        return GuestMemory.Create(region);
    }

    private static MemoryRegion NewNeighbour(string kind, MemoryArena arena)
    {
        MemoryRegion region = Make(kind, arena);
        region.GetHostSlice().Fill(Foreign);
        return region;
    }

    private static MemoryRegion Make(string kind, MemoryArena arena)
    {
        if (kind != "FromArena")
            return RegionKinds.Make(kind, 0, Size);

        while (true)
        {
            try
            {
                return MemoryRegion.FromArena(0, arena, Size);
            }
            catch (HostMemoryException)
            {
                Collector.Collect();
            }
        }
    }

    private static void CheckAndDrop(List<MemoryRegion> neighbours)
    {
        foreach (MemoryRegion neighbour in neighbours)
        {
            Assert.False(
                neighbour.GetHostSlice().DangerousGetReadOnlySpan().ContainsAnyExcept(Foreign), "Somebody wrote to a neighbour.");
            neighbour.Dispose();
        }

        neighbours.Clear();
    }

    private static void ReadThroughMap(GuestMemory memory)
    {
        for (ulong address = 0; address < Size; address += sizeof(ulong))
            CheckOwnOrZero(memory.Read<ulong>(address));
    }

    private static void ReadThroughSpan(GuestMemory memory)
    {
        if (!memory.TryGetSlice(0, Size, MemoryAccess.Read, out GuestSlice slice, out _))
            return;

        ReadOnlySpan<byte> span = slice.DangerousGetReadOnlySpan();
        for (int i = 0; i < 20; i++)
            Assert.False(span.ContainsAnyExcept((byte)0, Own), "A span shows foreign bytes.");

        slice.Slice(0);
        GC.KeepAlive(memory);
    }

    private static void ReadAndWriteThroughSlice(GuestMemory memory)
    {
        if (!memory.TryGetSlice(0, Size, MemoryAccess.ReadWrite, out GuestSlice slice, out _))
            return;

        for (ulong offset = 0; offset < Size; offset += 64)
        {
            slice.Write(offset, 0xa5a5_a5a5_a5a5_a5a5);
            CheckOwnOrZero(slice.Read<ulong>(offset));
        }
    }

    // Bytes of the memory's own, or zeros, in any mixture: a fill is not one access.
    private static void CheckOwnOrZero(ulong word)
    {
        for (int shift = 0; shift < 64; shift += 8)
        {
            byte seen = (byte)(word >> shift);
            Assert.True(seen is 0 or Own, $"0x{word:x16} has a foreign byte.");
        }
    }
}
