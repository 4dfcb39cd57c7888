namespace Lodge.Machines;

/// <summary>How a short value is made longer, as a type argument.</summary>
internal interface IExtension
{
    static abstract ulong Extend<TSize>(ulong value) where TSize : struct, IOperandSize;
}
