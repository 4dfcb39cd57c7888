using Xunit;

namespace Lodge.Memory.Tests;

/// <summary>Tests that count what the whole process has: mappings, descriptors, collections. Nothing runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessStateCollection
{
    public const string Name = "process state";
}
