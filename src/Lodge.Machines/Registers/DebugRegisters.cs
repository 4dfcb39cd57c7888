namespace Lodge.Machines;

/// <summary>The debug registers of an x86-64 processor.</summary>
public record struct DebugRegisters
{
    /// <summary>DR6 after a reset.</summary>
    public const ulong InitialDr6 = 0xFFFF_0FF0;

    /// <summary>DR7 after a reset.</summary>
    public const ulong InitialDr7 = 0x400;

    /// <summary>DR0.</summary>
    public ulong Dr0 { get; set; }

    /// <summary>DR1.</summary>
    public ulong Dr1 { get; set; }

    /// <summary>DR2.</summary>
    public ulong Dr2 { get; set; }

    /// <summary>DR3.</summary>
    public ulong Dr3 { get; set; }

    /// <summary>DR6, what happened.</summary>
    public ulong Dr6 { get; set; }

    /// <summary>DR7, what is watched.</summary>
    public ulong Dr7 { get; set; }
}
