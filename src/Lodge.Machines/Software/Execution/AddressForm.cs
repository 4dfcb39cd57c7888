namespace Lodge.Machines;

/// <summary>What a memory operand's address is made of.</summary>
internal enum AddressForm
{
    /// <summary><see cref="BaseAddress"/>.</summary>
    Base,

    /// <summary><see cref="IndexedAddress"/>.</summary>
    Indexed,

    /// <summary><see cref="FullAddress"/>.</summary>
    Full,
}
