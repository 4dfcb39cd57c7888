namespace Lodge.Machines;

/// <summary><c>jns</c>.</summary>
internal readonly struct IfNoSign : ICondition
{
    public static int Code => 0x9;
}
