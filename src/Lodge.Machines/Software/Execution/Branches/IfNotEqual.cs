namespace Lodge.Machines;

/// <summary><c>jne</c>.</summary>
internal readonly struct IfNotEqual : ICondition
{
    public static int Code => 0x5;
}
