namespace Lodge.Machines;

/// <summary>The segment registers in their encoding's order.</summary>
internal enum SegmentName : byte
{
    Es,
    Cs,
    Ss,
    Ds,
    Fs,
    Gs,
}
