using Lodge.Memory;

namespace Lodge.EndToEnd.Tests;

/// <summary>Reads page tables as the processor's manual tells it, and no faster.</summary>
internal sealed class NaivePageTable : IPageTable
{
    private const ulong Present = 1;
    private const ulong Writable = 1 << 1;
    private const ulong User = 1 << 2;
    private const ulong Large = 1 << 7;
    private const ulong NoExecute = 1UL << 63;
    private const ulong AddressBits = 0x000f_ffff_ffff_f000;

    private readonly GuestMemory _memory;
    private readonly ulong _root;
    private readonly int _topShift;

    public NaivePageTable(GuestMemory memory, ControlRegisters registers)
    {
        _memory = memory;
        _root = registers.Cr3 & AddressBits;
        _topShift = 12 + (9 * ((int)registers.Depth - 1));
    }

    public bool TryFind(ulong address, out MappedPage page)
    {
        page = default;
        if (Canonical(address) != address)
            return false;

        ulong table = _root;
        ulong all = ulong.MaxValue;
        ulong any = 0;
        for (int shift = _topShift; ; shift -= 9)
        {
            ulong entry = _memory.Read<ulong>(table + (((address >> shift) & 511) * 8));
            if ((entry & Present) == 0)
                return false;

            all &= entry;
            any |= entry;
            if (IsLeaf(entry, shift))
            {
                page = NewPage(address, entry, shift, all, any);
                return true;
            }

            table = entry & AddressBits;
        }
    }

    public IEnumerable<MappedPage> EnumeratePages() => EnumeratePages(_root, 0, _topShift, ulong.MaxValue, 0);

    private static bool IsLeaf(ulong entry, int shift) => shift == 12 || (shift <= 30 && (entry & Large) != 0);

    private static MappedPage NewPage(ulong address, ulong entry, int shift, ulong all, ulong any)
    {
        ulong size = 1UL << shift;
        ulong offset = size - 1;
        return new MappedPage(
            address & ~offset, entry & AddressBits & ~offset, size, entry,
            IsUser: (all & User) != 0, IsWritable: (all & Writable) != 0, IsExecutable: (any & NoExecute) == 0);
    }

    private ulong Canonical(ulong address)
    {
        int unused = 64 - (_topShift + 9);
        return (ulong)((long)(address << unused) >> unused);
    }

    private IEnumerable<MappedPage> EnumeratePages(ulong table, ulong start, int shift, ulong all, ulong any)
    {
        for (ulong i = 0; i < 512; i++)
        {
            ulong entry = _memory.Read<ulong>(table + (i * 8));
            ulong address = Canonical(start + (i << shift));
            if ((entry & Present) == 0)
                continue;

            if (IsLeaf(entry, shift))
            {
                yield return NewPage(address, entry, shift, all & entry, any | entry);
                continue;
            }

            foreach (MappedPage page in EnumeratePages(entry & AddressBits, address, shift - 9, all & entry, any | entry))
                yield return page;
        }
    }
}
