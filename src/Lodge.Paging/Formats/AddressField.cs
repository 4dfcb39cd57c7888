using System.Runtime.CompilerServices;

namespace Lodge.Paging;

/// <summary>The address in an entry: most of its bits, and where the architecture ran out of room, some more from
/// elsewhere.</summary>
/// <param name="Mask">The entry's bits that hold the address.</param>
/// <param name="Shift">How far they are shifted up.</param>
/// <param name="HighMask">The entry's bits that hold the address's highest bits.</param>
/// <param name="HighShift">How far those are shifted up.</param>
internal readonly record struct AddressField(ulong Mask, int Shift = 0, ulong HighMask = 0, int HighShift = 0)
{
    /// <summary>The entry's bits that are part of the address.</summary>
    public ulong AllBits => Mask | HighMask;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Get(ulong entry)
    {
        ulong low = (entry & Mask) << Shift;
        return HighMask == 0 ? low : low | ((entry & HighMask) << HighShift);
    }

    public ulong Set(ulong address) => ((address >> Shift) & Mask) | ((address >> HighShift) & HighMask);

    /// <summary>The field for entries that lead to something that is aligned to 2^<paramref name="shift"/> bytes.</summary>
    public AddressField AlignedTo(int shift) => this with { Mask = Mask & ~(((1UL << shift) - 1) >> Shift) };
}
