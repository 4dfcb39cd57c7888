namespace Lodge.Elf;

/// <summary>Up to where the place reaches that a symbol without a size is in: its section where sections are known, otherwise its
/// segment.</summary>
internal sealed class SymbolExtents(ElfFile file, IReadOnlyList<ElfSection>? sections)
{
    public bool TryGetLast(int sectionIndex, ulong address, out ulong last)
    {
        last = 0;
        if (sections is null)
        {
            if (!file.TryFindSegment(address, out ElfSegment segment))
                return false;

            last = segment.VirtualAddress + (segment.MemorySize - 1);
            return true;
        }

        if (sectionIndex <= 0 || sectionIndex >= sections.Count)
            return false;

        // At the end of its section stands what marks the end (_etext), and covers nothing.
        ElfSection section = sections[sectionIndex];
        if (address < section.Address || address - section.Address >= section.Size)
            return false;

        last = section.Size - 1 <= ulong.MaxValue - section.Address ? section.Address + (section.Size - 1) : ulong.MaxValue;
        return true;
    }
}
