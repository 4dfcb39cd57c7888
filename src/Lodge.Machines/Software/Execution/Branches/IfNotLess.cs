namespace Lodge.Machines;

/// <summary><c>jge</c>.</summary>
internal readonly struct IfNotLess : ICondition
{
    public static int Code => 0xD;
}
