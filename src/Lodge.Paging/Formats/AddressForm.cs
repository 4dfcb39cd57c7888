namespace Lodge.Paging;

/// <summary>What the bits of an address have to be that a format does not translate.</summary>
public enum AddressForm : byte
{
    /// <summary>All 0.</summary>
    AllZeros = 0,

    /// <summary>All 1: the upper half of AArch64's addresses.</summary>
    AllOnes,

    /// <summary>Copies of the highest translated bit: canonical addresses of x86-64 and RISC-V.</summary>
    SignExtended,
}
