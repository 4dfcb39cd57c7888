namespace Lodge.Machines;

/// <summary><c>cwd</c>, <c>cdq</c> and <c>cqo</c>: RDX becomes the sign of RAX.</summary>
internal readonly struct SignIntoData : ISizedHandler
{
    public static BlockExit Execute<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        long sign = TSize.SignExtend(TSize.Get(cpu, RegisterFile.OffsetOf(RegisterFile.Rax, TSize.Bytes))) >> 63;
        TSize.Set(cpu, RegisterFile.OffsetOf(RegisterFile.Rdx, TSize.Bytes), TSize.Truncate((ulong)sign));
        return MicroOp.Next(cpu, ref op);
    }
}
