namespace Lodge.Benchmarks.Quick;

/// <summary>An operation that is measured, with everything set up that it works on; used by the quick rows and by BenchmarkDotNet.</summary>
/// <remarks>
/// The loops over a batch are written by hand, each in a method of its own that is not inlined, because a loop around them would
/// take the registers away that they need. A baseline's loop has the shape of the row's. Results are summed and returned, so that
/// no compiler can leave the work out.
/// </remarks>
internal abstract class Workload : IDisposable
{
    /// <summary>How many operations a batch has.</summary>
    public virtual long OperationsPerBatch => 1;

    /// <summary>What the row is compared with, or nothing.</summary>
    public virtual string? Baseline => null;

    /// <summary>Whether the baseline is a raw pointer, which costs so little that it tells whether the machine is quiet.</summary>
    public virtual bool IsBaselineRawPointer => false;

    /// <summary>What the operations touch.</summary>
    public abstract string WorkingSet { get; }

    /// <summary>Whether <see cref="Prepare"/> has to come before each batch.</summary>
    public virtual bool NeedsPreparation => false;

    /// <summary>Makes the next batch's work, without being measured.</summary>
    public virtual void Prepare()
    {
    }

    /// <summary>Does the operations of a batch.</summary>
    public abstract ulong RunBatch();

    /// <summary>Does the baseline's operations of a batch.</summary>
    public virtual ulong RunBaselineBatch() => throw new NotSupportedException($"{GetType().Name} has no baseline.");

    /// <inheritdoc/>
    public abstract void Dispose();
}
