namespace Lodge.Machines;

/// <summary><c>jb</c>.</summary>
internal readonly struct IfBelow : ICondition
{
    public static int Code => 0x2;
}
