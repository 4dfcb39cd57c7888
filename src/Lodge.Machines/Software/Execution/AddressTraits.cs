namespace Lodge.Machines;

/// <summary>What is to be known about a memory operand's address.</summary>
[Flags]
internal enum AddressTraits : byte
{
    None = 0,

    /// <summary>It is relative to SS, so that what is wrong with it is a stack fault.</summary>
    Stack = 1,

    /// <summary>The offset has 32 bits.</summary>
    Narrow = 2,
}
