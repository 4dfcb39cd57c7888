namespace Lodge.Machines;

/// <summary><c>jbe</c>.</summary>
internal readonly struct IfNotAbove : ICondition
{
    public static int Code => 0x6;
}
