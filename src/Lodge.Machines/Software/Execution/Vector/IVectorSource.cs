namespace Lodge.Machines;

/// <summary>Where the second operand of an SSE instruction comes from, as a type argument.</summary>
internal interface IVectorSource
{
    /// <summary>Reads the operand: all of it where <typeparamref name="T"/> is a vector, otherwise its lowest bytes.</summary>
    /// <returns>False where the instruction has to stop: SSE is not to be used, or memory fails, or a vector in memory is not
    /// aligned.</returns>
    static abstract bool TryGet<T>(Processor cpu, ref MicroOp op, out T value) where T : unmanaged;

    /// <summary>As the other, wherever the operand lies.</summary>
    static abstract bool TryGetUnaligned<T>(Processor cpu, ref MicroOp op, out T value) where T : unmanaged;
}
