namespace Lodge.Machines;

/// <summary><c>ja</c>.</summary>
internal readonly struct IfAbove : ICondition
{
    public static int Code => 0x7;
}
