using static Lodge.Machines.MxcsrBits;

namespace Lodge.Machines;

/// <summary>How an operation on numbers is to be done, and which exceptions it found.</summary>
internal struct FloatStatus
{
    public FloatStatus(uint mxcsr) => Mxcsr = mxcsr;

    public uint Mxcsr { get; }

    /// <summary>The flags of the exceptions that were found.</summary>
    public uint Flags { get; private set; }

    public readonly FloatRounding Rounding => (FloatRounding)((Mxcsr & MxcsrBits.Rounding) >> RoundingShift);

    public readonly bool DenormalsAreZero => (Mxcsr & MxcsrBits.DenormalsAreZero) != 0;

    /// <summary>Whether tiny results become zero. That counts where underflow is masked.</summary>
    public readonly bool FlushesToZero => (Mxcsr & FlushToZero) != 0;

    /// <summary>As <see cref="Processor.RoundsPlainly"/>.</summary>
    public readonly bool RoundsPlainly => Processor.IsPlainRounding(Mxcsr);

    /// <summary>As <see cref="Processor.IsPrecisionIgnored"/>.</summary>
    public readonly bool IgnoresPrecision => Processor.IsPrecisionIgnored(Mxcsr);

    public readonly bool IsMasked(uint flag) => ((Mxcsr >> MaskShift) & flag) != 0;

    public void Raise(uint flags) => Flags |= flags;
}
