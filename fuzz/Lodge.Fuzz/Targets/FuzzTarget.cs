namespace Lodge.Fuzz;

/// <summary>Code that reads what nobody vouches for.</summary>
/// <remarks>One thread uses a target.</remarks>
internal abstract class FuzzTarget : IDisposable
{
    /// <summary>Well-formed inputs: each is accepted.</summary>
    public abstract IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>How long inputs are made; longer ones are run all the same.</summary>
    public abstract int MostBytes { get; }

    /// <summary>Runs an input. What it may end in is a result or a documented refusal; anything else comes out as an
    /// exception.</summary>
    /// <returns>Whether there was a result.</returns>
    public abstract bool Run(byte[] input, Probe probe);

    /// <summary>Another input, made from one or two.</summary>
    public virtual byte[] Mutate(Random random, byte[] input, byte[] other) => Mutations.Of(random, input, other, MostBytes);

    public virtual void Dispose()
    {
    }
}
