namespace Lodge.Machines;

/// <summary><c>jl</c>.</summary>
internal readonly struct IfLess : ICondition
{
    public static int Code => 0xC;
}
