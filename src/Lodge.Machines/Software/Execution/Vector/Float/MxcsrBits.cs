namespace Lodge.Machines;

/// <summary>Bits of MXCSR (Intel SDM, volume 1, 10.2.3).</summary>
internal static class MxcsrBits
{
    public const uint Invalid = 1u << 0;
    public const uint Denormal = 1u << 1;
    public const uint DivideByZero = 1u << 2;
    public const uint Overflow = 1u << 3;
    public const uint Underflow = 1u << 4;
    public const uint Precision = 1u << 5;

    /// <summary>The flags of all exceptions.</summary>
    public const uint Flags = 0x3F;

    /// <summary>The flags of exceptions that are found before a result is computed.</summary>
    public const uint FlagsOfOperands = Invalid | Denormal | DivideByZero;

    public const uint DenormalsAreZero = 1u << 6;
    public const uint FlushToZero = 1u << 15;

    /// <summary>How far a flag's mask lies above it.</summary>
    public const int MaskShift = 7;

    /// <summary>The masks of all exceptions.</summary>
    public const uint Masks = Flags << MaskShift;

    public const int RoundingShift = 13;

    /// <summary>The rounding mode, 0 for the nearest.</summary>
    public const uint Rounding = 3u << RoundingShift;
}
