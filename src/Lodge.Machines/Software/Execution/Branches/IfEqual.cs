namespace Lodge.Machines;

/// <summary><c>je</c>.</summary>
internal readonly struct IfEqual : ICondition
{
    public static int Code => 0x4;
}
