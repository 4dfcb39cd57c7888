namespace Lodge.Machines;

/// <summary>Finds the code for an instruction's operands.</summary>
/// <remarks>One method for each step, so that only what is used is ever compiled.</remarks>
internal static unsafe class Handlers
{
    public static delegate*<Processor, ref MicroOp, BlockExit> ForSize<T>(int bytes)
        where T : struct, ISizedHandler => bytes switch
        {
            1 => OfSize<T, Size8>(),
            2 => OfSize<T, Size16>(),
            4 => OfSize<T, Size32>(),
            8 => OfSize<T, Size64>(),
            _ => throw NoSize(bytes),
        };

    public static delegate*<Processor, ref MicroOp, BlockExit> ForMemory<T>(int bytes, AddressForm form)
        where T : struct, IMemoryHandler => bytes switch
        {
            1 => OfMemory<T, Size8>(form),
            2 => OfMemory<T, Size16>(form),
            4 => OfMemory<T, Size32>(form),
            8 => OfMemory<T, Size64>(form),
            _ => throw NoSize(bytes),
        };

    private static delegate*<Processor, ref MicroOp, BlockExit> OfSize<T, TSize>()
        where T : struct, ISizedHandler
        where TSize : struct, IOperandSize
        => &T.Execute<TSize>;

    private static delegate*<Processor, ref MicroOp, BlockExit> OfMemory<T, TSize>(AddressForm form)
        where T : struct, IMemoryHandler
        where TSize : struct, IOperandSize => form switch
        {
            AddressForm.Base => OfAddress<T, TSize, BaseAddress>(),
            AddressForm.Indexed => OfAddress<T, TSize, IndexedAddress>(),
            _ => OfAddress<T, TSize, FullAddress>(),
        };

    private static delegate*<Processor, ref MicroOp, BlockExit> OfAddress<T, TSize, TAddress>()
        where T : struct, IMemoryHandler
        where TSize : struct, IOperandSize
        where TAddress : struct, IOperandAddress
        => &T.Execute<TSize, TAddress>;

    private static ArgumentOutOfRangeException NoSize(int bytes)
        => new(nameof(bytes), bytes, "Integer operands have 1, 2, 4 or 8 bytes.");
}
