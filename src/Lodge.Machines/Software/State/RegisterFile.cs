using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary>The general registers in their encoding's order, and what addresses are made of besides.</summary>
[InlineArray(Count)]
internal struct RegisterFile
{
    public const int Rax = 0;
    public const int Rcx = 1;
    public const int Rdx = 2;
    public const int Rbx = 3;
    public const int Rsp = 4;
    public const int Rbp = 5;
    public const int Rsi = 6;
    public const int Rdi = 7;
    public const int R11 = 11;

    /// <summary>Always zero: the base and index of addresses that have none.</summary>
    public const int Zero = 16;

    /// <summary>The base address of FS.</summary>
    public const int FsBase = 17;

    /// <summary>The base address of GS.</summary>
    public const int GsBase = 18;

    public const int Count = 19;

    private ulong _first;

    /// <summary>Where a register lies in the file, in bytes.</summary>
    public static byte OffsetOf(int register) => (byte)(register * sizeof(ulong));

    /// <summary>Where the lowest bytes of a register lie in the file.</summary>
    /// <param name="register">The register's number.</param>
    /// <param name="bytes">How many bytes. Whole registers are read for 4 and 8.</param>
    public static byte OffsetOf(int register, int bytes)
        => (byte)(OffsetOf(register) + (BitConverter.IsLittleEndian || bytes >= 4 ? 0 : sizeof(ulong) - bytes));

    /// <summary>Where AH, CH, DH and BH lie.</summary>
    /// <param name="register">0 to 3.</param>
    public static byte OffsetOfHighByte(int register)
        => (byte)(OffsetOf(register) + (BitConverter.IsLittleEndian ? 1 : sizeof(ulong) - 2));
}
