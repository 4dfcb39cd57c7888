namespace Lodge.Machines;

/// <summary><c>jle</c>.</summary>
internal readonly struct IfNotGreater : ICondition
{
    public static int Code => 0xE;
}
