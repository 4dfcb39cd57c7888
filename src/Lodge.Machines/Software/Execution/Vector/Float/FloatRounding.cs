namespace Lodge.Machines;

/// <summary>The rounding modes as MXCSR has them.</summary>
internal enum FloatRounding
{
    NearestEven = 0,
    Down = 1,
    Up = 2,
    TowardZero = 3,
}
