namespace Lodge.Machines;

/// <summary><c>js</c>.</summary>
internal readonly struct IfSign : ICondition
{
    public static int Code => 0x8;
}
