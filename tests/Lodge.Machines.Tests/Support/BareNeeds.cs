namespace Lodge.Machines.Tests;

/// <summary>What a program needs of an engine beyond integer code.</summary>
[Flags]
internal enum BareNeeds
{
    None = 0,

    /// <summary>SSE2.</summary>
    Sse = 1,

    /// <summary>Ring 0: it sets up tables of its own.</summary>
    Ring0 = 2,

    /// <summary>Page faults through its own IDT.</summary>
    PageFaults = 4,

    /// <summary>Interrupts of all kinds through its own IDT.</summary>
    Interrupts = 8,

    /// <summary>Memory that ring 3 may use.</summary>
    UserMemory = 16,
}
