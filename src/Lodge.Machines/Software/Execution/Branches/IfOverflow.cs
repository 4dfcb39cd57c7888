namespace Lodge.Machines;

/// <summary><c>jo</c>.</summary>
internal readonly struct IfOverflow : ICondition
{
    public static int Code => 0x0;
}
