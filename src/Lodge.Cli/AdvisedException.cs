namespace Lodge.Cli;

/// <summary>What went wrong, and what helps against it.</summary>
/// <param name="problem">What went wrong.</param>
/// <param name="advice">A sentence.</param>
internal sealed class AdvisedException(Exception problem, string advice) : Exception(problem.Message, problem)
{
    public string Advice { get; } = advice;
}
