namespace Lodge.Dumps;

/// <summary>A machine as it is at a moment: its memory and its processors.</summary>
/// <remarks>Whoever provides one sees to it that the machine does not run while it is looked at. What changes meanwhile is seen
/// before or after, in no order.</remarks>
public interface IMemoryImage
{
    /// <summary>The guest-physical memory, in which the page tables lie too.</summary>
    IAddressSpace Memory { get; }

    /// <summary>The processors, the one that matters most first: it is by its page tables that a dump has virtual
    /// memory.</summary>
    IReadOnlyList<X64ProcessorState> Processors { get; }
}
