using System.Buffers.Binary;

namespace Lodge.Elf;

/// <summary>Reads 64-bit words of an image by their addresses, mostly in ascending order.</summary>
internal ref struct WordReader(ElfFile file, ElfSource source)
{
    private const int WordSize = 8;

    private readonly byte[] _buffer = new byte[512];
    private ulong _first;
    private int _filled;

    public ulong Read(ulong address)
    {
        if (address < _first || address - _first > (ulong)_buffer.Length || (ulong)_filled < address - _first + WordSize)
            Fill(address);

        return BinaryPrimitives.ReadUInt64LittleEndian(_buffer.AsSpan((int)(address - _first)));
    }

    private void Fill(ulong address)
    {
        _first = address;
        _filled = file.ReadMemory(address, _buffer);
        if (_filled < WordSize)
            throw source.Error($"The packed relocation at the address 0x{address:x} does not lie in a PT_LOAD segment.");
    }
}
