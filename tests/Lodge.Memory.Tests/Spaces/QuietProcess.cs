using Xunit;

namespace Lodge.Memory.Tests;

/// <summary>Tests that count what the whole process does, and so run while no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class QuietProcess
{
    public const string Name = "Quiet process";
}
