using Xunit;

namespace Lodge.Paging.Tests;

public sealed class FrameAllocatorTests
{
    // Ranges that begin and end anywhere, against an array of frames.
    [Theory]
    [InlineData(0, 64)]
    [InlineData(0x7000, 2000)]
    [InlineData(0x3f000, 3)]
    [InlineData(0x12_3000, 1500)]
    [InlineData(0xffff_ffff_ffc0_0000, 1024)]
    [InlineData(0xffff_ffff_ffc0_1000, 1023)]
    public void EveryCall_DoesWhatAnArrayOfFramesSays(ulong start, int count)
    {
        var allocator = new FrameAllocator(new GuestRange(start, (ulong)count * 4096));
        bool[] used = new bool[count];
        var random = new Random(count);
        var taken = new List<(ulong Frame, int Frames)>();
        for (int i = 0; i < 20_000; i++)
        {
            int frames = 1 << random.Next(random.Next(4) == 0 ? 11 : 4);
            ulong size = (ulong)frames * 4096;

            // Phases that fill, and phases that empty.
            if (random.Next(10) < (i / 1000 % 2 == 0 ? 7 : 3))
            {
                bool expected = FreeRuns(used, start, frames).Any();
                Assert.Equal(expected, allocator.TryAllocate(size, out GuestAddress frame));
                if (!expected)
                    continue;

                Assert.True(frame.IsAligned(size));
                int first = (int)((frame.Value - start) / 4096);
                for (int j = first; j < first + frames; j++)
                {
                    Assert.False(used[j]);
                    used[j] = true;
                }

                taken.Add((frame.Value, frames));
            }
            else if (random.Next(8) == 0)
            {
                // Anything: it is given back where all of it is in use and it is aligned, and refused elsewhere.
                ulong offset = unchecked((ulong)(random.Next(count + 8) - 4) * 4096);
                ulong frame = unchecked(start + offset + (random.Next(8) == 0 ? 8UL : 0));
                long first = unchecked((long)(frame - start)) / 4096;
                bool expected = frame % size == 0 && first >= 0 && first + frames <= count
                    && !used.AsSpan((int)first, frames).Contains(false);
                Assert.Equal(expected, allocator.Free(frame, size));
                if (expected)
                {
                    used.AsSpan((int)first, frames).Clear();
                    var freed = new GuestRange(frame, size);
                    taken.RemoveAll(piece => new GuestRange(piece.Frame, (ulong)piece.Frames * 4096).Overlaps(freed));
                }
            }
            else if (taken.Count > 0)
            {
                int which = random.Next(taken.Count);
                (ulong frame, int length) = taken[which];
                taken.RemoveAt(which);
                Assert.True(allocator.Free(frame, (ulong)length * 4096));
                used.AsSpan((int)((frame - start) / 4096), length).Clear();
                Assert.False(allocator.Free(frame, (ulong)length * 4096));
            }

            Assert.Equal((ulong)used.Count(isUsed => !isUsed) * 4096, allocator.FreeBytes);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2048)]
    [InlineData(4097)]
    [InlineData(12288)]
    [InlineData(ulong.MaxValue)]
    public void Sizes_ThatAreNone_Throw(ulong size)
    {
        var allocator = new FrameAllocator(new GuestRange(0, 1 << 20));
        Assert.Throws<ArgumentOutOfRangeException>(() => allocator.TryAllocate(size, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => allocator.Free(0, size));
        Assert.Equal(1UL << 20, allocator.FreeBytes);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 4096)]
    [InlineData(0, 4097)]
    [InlineData(0, FrameAllocator.MostBytes + 4096)]
    public void Ranges_ThatAreNotOfFrames_Throw(ulong start, ulong length)
        => Assert.Throws<ArgumentException>(() => new FrameAllocator(new GuestRange(start, length)));

    [Theory]
    [InlineData(1UL << 63)]
    [InlineData(1UL << 43)]
    [InlineData(1UL << 21)]
    public void MoreThanThereIs_IsNotThere(ulong size)
    {
        var allocator = new FrameAllocator(new GuestRange(0, 1 << 20));
        Assert.False(allocator.TryAllocate(size, out _));
        Assert.False(allocator.Free(0, size));
    }

    // Whoever has a frame writes his number into it: nobody else may have done so when he gives it back.
    [Fact]
    public void ManyThreads_NeverHaveTheSameFrame()
    {
        const int Frames = 512;
        var allocator = new FrameAllocator(new GuestRange(0x3000, Frames * 4096));
        int[] owners = new int[Frames];
        Parallel.For(1, 9, new ParallelOptions { MaxDegreeOfParallelism = 8 }, thread =>
        {
            var random = new Random(thread);
            var mine = new Queue<(ulong Frame, int Count)>();
            for (int i = 0; i < 5000; i++)
            {
                int count = 1 << random.Next(5);
                if (mine.Count < 20 && allocator.TryAllocate((ulong)count * 4096, out GuestAddress frame))
                {
                    int first = (int)(frame.Value / 4096) - 3;
                    for (int j = 0; j < count; j++)
                        Assert.Equal(0, Interlocked.Exchange(ref owners[first + j], thread));

                    mine.Enqueue((frame.Value, count));
                }
                else if (mine.TryDequeue(out (ulong Frame, int Count) piece))
                {
                    int first = (int)(piece.Frame / 4096) - 3;
                    for (int j = 0; j < piece.Count; j++)
                        Assert.Equal(thread, Interlocked.Exchange(ref owners[first + j], 0));

                    Assert.True(allocator.Free(piece.Frame, (ulong)piece.Count * 4096));
                }
            }

            foreach ((ulong frame, int count) in mine)
            {
                owners.AsSpan((int)(frame / 4096) - 3, count).Clear();
                Assert.True(allocator.Free(frame, (ulong)count * 4096));
            }
        });
        Assert.Equal(Frames * 4096UL, allocator.FreeBytes);
    }

    private static IEnumerable<int> FreeRuns(bool[] used, ulong start, int frames)
    {
        ulong size = (ulong)frames * 4096;
        for (int first = (int)((size - (start % size)) % size / 4096); first + frames <= used.Length; first += frames)
        {
            if (!used.AsSpan(first, frames).Contains(true))
                yield return first;
        }
    }
}
