namespace Lodge.Paging;

/// <summary>RISC-V's address-translation schemes for 64 bits, numbered as in satp and hgatp.</summary>
public enum RiscVMode : byte
{
    /// <summary>3 levels: 39-bit addresses, 41-bit guest-physical ones.</summary>
    Sv39 = 8,

    /// <summary>4 levels: 48-bit addresses, 50-bit guest-physical ones.</summary>
    Sv48 = 9,

    /// <summary>5 levels: 57-bit addresses, 59-bit guest-physical ones.</summary>
    Sv57 = 10,
}
