using System.Buffers.Binary;

namespace Lodge.Machines;

/// <summary>The 512 bytes of <c>fxsave64</c>, with which an XSAVE area begins (Intel SDM, volume 1, table 10-2 and
/// 13.4.1).</summary>
internal static class FxsaveImage
{
    /// <summary>The bytes that are defined: what follows is the system's.</summary>
    public const int DefinedBytes = 416;

    public const int Size = 512;

    /// <summary>The bits that MXCSR has here.</summary>
    public const uint MxcsrMask = 0xFFFF;

    private const int ControlWord = 0;
    private const int StatusWord = 2;
    private const int Tags = 4;
    private const int Opcode = 6;
    private const int InstructionPointer = 8;
    private const int DataPointer = 16;
    private const int Mxcsr = 24;
    private const int Mask = 28;
    private const int St = 32;
    private const int Xmm = 160;

    public static bool IsMxcsrValid(uint mxcsr) => (mxcsr & ~MxcsrMask) == 0;

    /// <summary>Writes the image.</summary>
    /// <param name="registers">The registers.</param>
    /// <param name="image">Where it goes; what is not defined is left alone.</param>
    public static void Write(FpuRegisters registers, Span<byte> image)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(image[ControlWord..], registers.ControlWord);
        BinaryPrimitives.WriteUInt16LittleEndian(image[StatusWord..], registers.StatusWord);
        BinaryPrimitives.WriteUInt16LittleEndian(image[Tags..], registers.Tags);
        BinaryPrimitives.WriteUInt16LittleEndian(image[Opcode..], registers.Opcode);
        BinaryPrimitives.WriteUInt64LittleEndian(image[InstructionPointer..], registers.InstructionPointer);
        BinaryPrimitives.WriteUInt64LittleEndian(image[DataPointer..], registers.DataPointer);
        BinaryPrimitives.WriteUInt32LittleEndian(image[Mxcsr..], registers.Mxcsr);
        BinaryPrimitives.WriteUInt32LittleEndian(image[Mask..], MxcsrMask);
        for (int index = 0; index < registers.St.Length; index++)
            BinaryPrimitives.WriteUInt128LittleEndian(image[(St + (16 * index))..], registers.St[index]);

        for (int index = 0; index < registers.Xmm.Length; index++)
            BinaryPrimitives.WriteUInt128LittleEndian(image[(Xmm + (16 * index))..], registers.Xmm[index]);
    }

    /// <summary>Reads the image.</summary>
    public static FpuRegisters Read(ReadOnlySpan<byte> image)
    {
        // An x87 register has 80 bits.
        UInt128 stMask = (UInt128.One << 80) - 1;
        var registers = new FpuRegisters
        {
            ControlWord = BinaryPrimitives.ReadUInt16LittleEndian(image[ControlWord..]),
            StatusWord = BinaryPrimitives.ReadUInt16LittleEndian(image[StatusWord..]),
            Tags = image[Tags],
            Opcode = (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(image[Opcode..]) & 0x7FF),
            InstructionPointer = BinaryPrimitives.ReadUInt64LittleEndian(image[InstructionPointer..]),
            DataPointer = BinaryPrimitives.ReadUInt64LittleEndian(image[DataPointer..]),
            Mxcsr = BinaryPrimitives.ReadUInt32LittleEndian(image[Mxcsr..]),
        };
        for (int index = 0; index < registers.St.Length; index++)
            registers.St[index] = BinaryPrimitives.ReadUInt128LittleEndian(image[(St + (16 * index))..]) & stMask;

        for (int index = 0; index < registers.Xmm.Length; index++)
            registers.Xmm[index] = BinaryPrimitives.ReadUInt128LittleEndian(image[(Xmm + (16 * index))..]);

        return registers;
    }
}
