namespace Lodge.Machines;

/// <summary><c>jnp</c>.</summary>
internal readonly struct IfParityOdd : ICondition
{
    public static int Code => 0xB;
}
