namespace Lodge.Machines;

/// <summary><c>jno</c>.</summary>
internal readonly struct IfNoOverflow : ICondition
{
    public static int Code => 0x1;
}
