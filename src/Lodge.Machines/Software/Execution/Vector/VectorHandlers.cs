namespace Lodge.Machines;

/// <summary>Finds the code for an SSE instruction's operands.</summary>
/// <remarks>One method for each step, so that only what is used is ever compiled.</remarks>
internal static unsafe class VectorHandlers
{
    public static delegate*<Processor, ref MicroOp, BlockExit> OfRegister<T>() where T : struct, IVectorHandler
        => OfSource<T, RegisterOperand>();

    public static delegate*<Processor, ref MicroOp, BlockExit> OfGeneral<T>() where T : struct, IVectorHandler
        => OfSource<T, GeneralOperand>();

    public static delegate*<Processor, ref MicroOp, BlockExit> OfMemory<T>(AddressForm form) where T : struct, IVectorHandler
        => form switch
        {
            AddressForm.Base => OfSource<T, MemoryOperand<BaseAddress>>(),
            AddressForm.Indexed => OfSource<T, MemoryOperand<IndexedAddress>>(),
            _ => OfSource<T, MemoryOperand<FullAddress>>(),
        };

    public static delegate*<Processor, ref MicroOp, BlockExit> ToMemory<T>(AddressForm form) where T : struct, IAddressHandler
        => form switch
        {
            AddressForm.Base => OfAddress<T, BaseAddress>(),
            AddressForm.Indexed => OfAddress<T, IndexedAddress>(),
            _ => OfAddress<T, FullAddress>(),
        };

    private static delegate*<Processor, ref MicroOp, BlockExit> OfSource<T, TSource>()
        where T : struct, IVectorHandler
        where TSource : struct, IVectorSource
        => &T.Execute<TSource>;

    private static delegate*<Processor, ref MicroOp, BlockExit> OfAddress<T, TAddress>()
        where T : struct, IAddressHandler
        where TAddress : struct, IOperandAddress
        => &T.Execute<TAddress>;
}
