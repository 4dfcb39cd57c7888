namespace Lodge.Machines;

/// <summary><c>jae</c>.</summary>
internal readonly struct IfNotBelow : ICondition
{
    public static int Code => 0x3;
}
