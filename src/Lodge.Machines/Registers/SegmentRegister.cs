namespace Lodge.Machines;

/// <summary>A segment register with its hidden part.</summary>
public record struct SegmentRegister
{
    private const ushort PresentBit = 1 << 7;

    /// <summary>The selector.</summary>
    public ushort Selector { get; set; }

    /// <summary>The base address.</summary>
    public ulong Base { get; set; }

    /// <summary>The limit in bytes, the granularity bit already applied.</summary>
    public uint Limit { get; set; }

    /// <summary>The attributes, as bits 55:40 of a descriptor: the access byte in bits 7:0 and AVL, L, D/B and G in bits 15:12;
    /// bits 11:8 are zero.</summary>
    public ushort Attributes { get; set; }

    /// <summary>The descriptor's type (bits 3:0 of the attributes).</summary>
    public readonly int Type => Attributes & 0xF;

    /// <summary>Whether it is a code or data segment, and no system segment (S, bit 4).</summary>
    public readonly bool IsCodeOrData => (Attributes & (1 << 4)) != 0;

    /// <summary>The descriptor privilege level (bits 6:5).</summary>
    public readonly int Dpl => (Attributes >> 5) & 3;

    /// <summary>Whether the segment is there (P, bit 7).</summary>
    public readonly bool IsPresent => (Attributes & PresentBit) != 0;

    /// <summary>Whether it has 64-bit code (L, bit 13).</summary>
    public readonly bool IsLong => (Attributes & (1 << 13)) != 0;

    /// <summary>Whether operands have 32 bits by default (D/B, bit 14).</summary>
    public readonly bool IsDefault32 => (Attributes & (1 << 14)) != 0;

    /// <summary>Whether the descriptor counts its limit in pages (G, bit 15).</summary>
    public readonly bool IsGranular => (Attributes & (1 << 15)) != 0;

    /// <summary>A flat segment of 64-bit code.</summary>
    /// <param name="selector">The selector.</param>
    /// <param name="privilegeLevel">The privilege level, 0 to 3.</param>
    public static SegmentRegister Code64(ushort selector, int privilegeLevel = 0) => Flat(selector, privilegeLevel, 0xA09B);

    /// <summary>A flat segment of writable data.</summary>
    /// <param name="selector">The selector.</param>
    /// <param name="privilegeLevel">The privilege level, 0 to 3.</param>
    public static SegmentRegister Data(ushort selector, int privilegeLevel = 0) => Flat(selector, privilegeLevel, 0xC093);

    /// <summary>A 64-bit task-state segment, in use as TR requires.</summary>
    /// <param name="selector">The selector.</param>
    /// <param name="address">Where it is.</param>
    /// <param name="limit">Its bytes less 1.</param>
    public static SegmentRegister TaskState64(ushort selector, GuestAddress address, uint limit = 0x67)
        => new() { Selector = selector, Base = address.Value, Limit = limit, Attributes = 0x008B };

    private static SegmentRegister Flat(ushort selector, int privilegeLevel, ushort attributes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(privilegeLevel);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(privilegeLevel, 3);
        return new SegmentRegister
        {
            Selector = selector,
            Limit = uint.MaxValue,
            Attributes = (ushort)(attributes | (privilegeLevel << 5)),
        };
    }
}
