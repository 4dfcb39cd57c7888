namespace Lodge.Machines;

/// <summary>Where a descriptor table lies: GDTR or IDTR.</summary>
public record struct DescriptorTable
{
    /// <summary>The guest-virtual address.</summary>
    public ulong Base { get; set; }

    /// <summary>Its bytes less 1.</summary>
    public ushort Limit { get; set; }
}
