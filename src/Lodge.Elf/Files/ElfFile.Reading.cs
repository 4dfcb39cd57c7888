namespace Lodge.Elf;

public sealed partial class ElfFile
{
    /// <summary>Reads bytes of the file.</summary>
    /// <param name="fileOffset">Where to begin.</param>
    /// <param name="destination">Where they go.</param>
    /// <exception cref="ElfException">The file ends before that.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The offset is negative.</exception>
    public void ReadExactly(long fileOffset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fileOffset);
        _source.ReadExactly(fileOffset, destination, "What is asked for");
    }

    /// <summary>Reads bytes of the file, up to its end.</summary>
    /// <param name="fileOffset">Where to begin.</param>
    /// <param name="destination">Where they go.</param>
    /// <returns>How many there were: fewer than wanted only at the end of the file, and 0 behind it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The offset is negative.</exception>
    public int Read(long fileOffset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fileOffset);
        return _source.Read(fileOffset, destination);
    }

    /// <summary>Reads a segment as it is in memory: its bytes in the file, then zeros up to its size.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="offsetInSegment">Where to begin.</param>
    /// <param name="destination">Where the bytes go.</param>
    /// <returns>How many there were: fewer than wanted only at the end of the segment, and 0 behind it.</returns>
    /// <exception cref="ElfException">The file ends before that.</exception>
    public int ReadSegment(ElfSegment segment, ulong offsetInSegment, Span<byte> destination)
    {
        if (offsetInSegment >= segment.Size)
            return 0;

        Span<byte> wanted = destination[..(int)Math.Min((ulong)destination.Length, segment.Size - offsetInSegment)];
        int inFile = 0;
        if (offsetInSegment < segment.FileSize)
        {
            inFile = (int)Math.Min((ulong)wanted.Length, segment.FileSize - offsetInSegment);
            string what = $"The segment {segment.Type} at the address 0x{segment.VirtualAddress:x}";
            if (segment.FileOffset > long.MaxValue - offsetInSegment)
                throw _source.Error($"{what} begins at offset 0x{segment.FileOffset:x} and does not lie in the file.");

            _source.ReadExactly((long)(segment.FileOffset + offsetInSegment), wanted[..inFile], what);
        }

        wanted[inFile..].Clear();
        return wanted.Length;
    }

    /// <summary>Reads memory by its address, as the PT_LOAD segments have it: bytes of the file, and zeros. Goes on from one
    /// segment into the next where they touch.</summary>
    /// <param name="address">The address, before relocation.</param>
    /// <param name="destination">Where the bytes go.</param>
    /// <returns>How many there were before memory that no segment has; 0 where none has the address.</returns>
    /// <exception cref="ElfException">The file ends before what a segment says it has there.</exception>
    public int ReadMemory(ulong address, Span<byte> destination)
    {
        int done = 0;
        while (done < destination.Length && Memory.TryFind(address, out int index, out ulong last))
        {
            ulong here = Math.Min((ulong)(destination.Length - done - 1), last - address) + 1;
            done += ReadSegment(_segments[index], address - _segments[index].VirtualAddress, destination.Slice(done, (int)here));
            if (here > ulong.MaxValue - address)
                break;

            address += here;
        }

        return done;
    }
}
