namespace Lodge.Machines;

/// <summary>What Microsoft's hypervisor does with a range under Linux (bits <c>MSHV_SET_MEM_BIT_*</c>). Reading is always
/// allowed.</summary>
[Flags]
public enum MshvSlotFlags : byte
{
    /// <summary>The guest only reads.</summary>
    None = 0,

    /// <summary>The guest writes (<c>MSHV_SET_MEM_BIT_WRITABLE</c>).</summary>
    Writable = 1 << 0,

    /// <summary>The guest executes (<c>MSHV_SET_MEM_BIT_EXECUTABLE</c>).</summary>
    Executable = 1 << 1,

    /// <summary>The range is taken away; the other bits are ignored (<c>MSHV_SET_MEM_BIT_UNMAP</c>).</summary>
    Unmap = 1 << 2,
}
