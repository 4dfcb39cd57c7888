namespace Lodge.Machines;

/// <summary>A condition of <c>jcc</c>, as a type argument: the lowest four bits of the opcode.</summary>
internal interface ICondition
{
    static abstract int Code { get; }
}
