namespace Lodge.Machines;

/// <summary><c>jp</c>.</summary>
internal readonly struct IfParityEven : ICondition
{
    public static int Code => 0xA;
}
