namespace Lodge.Machines;

/// <summary>What KVM does with a slot (<c>KVM_MEM_*</c>).</summary>
[Flags]
public enum KvmSlotFlags : uint
{
    /// <summary>The guest reads, writes and executes; nothing is logged.</summary>
    None = 0,

    /// <summary>The guest's writes are logged (<c>KVM_MEM_LOG_DIRTY_PAGES</c>).</summary>
    LogDirtyPages = 1 << 0,

    /// <summary>The guest's writes are exits (<c>KVM_MEM_READONLY</c>).</summary>
    ReadOnly = 1 << 1,
}
