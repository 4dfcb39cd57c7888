namespace Lodge.Machines;

/// <summary><c>jg</c>.</summary>
internal readonly struct IfGreater : ICondition
{
    public static int Code => 0xF;
}
