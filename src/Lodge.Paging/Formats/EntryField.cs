using System.Runtime.CompilerServices;

namespace Lodge.Paging;

/// <summary>A number that is spread over an entry in two runs of bits.</summary>
/// <param name="LowShift">How far the lower run is shifted down.</param>
/// <param name="LowMask">The number's bits that are in the lower run.</param>
/// <param name="HighShift">How far the upper run is shifted down.</param>
/// <param name="HighMask">The number's bits that are in the upper run.</param>
internal readonly record struct EntryField(int LowShift, uint LowMask, int HighShift = 0, uint HighMask = 0)
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Get(ulong entry) => ((uint)(entry >> LowShift) & LowMask) | ((uint)(entry >> HighShift) & HighMask);

    public ulong Set(uint number) => ((ulong)(number & LowMask) << LowShift) | ((ulong)(number & HighMask) << HighShift);
}
