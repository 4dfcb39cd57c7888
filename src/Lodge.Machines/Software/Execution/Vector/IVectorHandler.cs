namespace Lodge.Machines;

/// <summary>The code of an SSE instruction, for each place where its second operand can be.</summary>
internal interface IVectorHandler
{
    static abstract BlockExit Execute<TSource>(Processor cpu, ref MicroOp op) where TSource : struct, IVectorSource;
}
