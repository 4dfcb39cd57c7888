using System.Buffers.Binary;

namespace Lodge.Machines.Tests.Silicon;

/// <summary>The x87 and SSE registers as <c>fxsave</c> stores them, up to XMM15 (Intel SDM, volume 1, table 10-2).</summary>
internal static class FxImage
{
    public const int Size = 416;

    private const int MxcsrOffset = 24;
    private const int StOffset = 32;
    private const int XmmOffset = 160;

    public static void Write(FpuRegisters fpu, Span<byte> image)
    {
        image[..Size].Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(image, fpu.ControlWord);
        BinaryPrimitives.WriteUInt16LittleEndian(image[2..], fpu.StatusWord);
        image[4] = fpu.Tags;
        BinaryPrimitives.WriteUInt16LittleEndian(image[6..], fpu.Opcode);
        BinaryPrimitives.WriteUInt64LittleEndian(image[8..], fpu.InstructionPointer);
        BinaryPrimitives.WriteUInt64LittleEndian(image[16..], fpu.DataPointer);
        BinaryPrimitives.WriteUInt32LittleEndian(image[MxcsrOffset..], fpu.Mxcsr);
        for (int i = 0; i < 8; i++)
            BinaryPrimitives.WriteUInt128LittleEndian(image[(StOffset + (16 * i))..], fpu.St[i]);
        for (int i = 0; i < 16; i++)
            BinaryPrimitives.WriteUInt128LittleEndian(image[(XmmOffset + (16 * i))..], fpu.Xmm[i]);
    }

    public static FpuRegisters Read(ReadOnlySpan<byte> image)
    {
        var fpu = new FpuRegisters
        {
            ControlWord = BinaryPrimitives.ReadUInt16LittleEndian(image),
            StatusWord = BinaryPrimitives.ReadUInt16LittleEndian(image[2..]),
            Tags = image[4],
            Opcode = BinaryPrimitives.ReadUInt16LittleEndian(image[6..]),
            InstructionPointer = BinaryPrimitives.ReadUInt64LittleEndian(image[8..]),
            DataPointer = BinaryPrimitives.ReadUInt64LittleEndian(image[16..]),
            Mxcsr = BinaryPrimitives.ReadUInt32LittleEndian(image[MxcsrOffset..]),
        };
        for (int i = 0; i < 8; i++)
            fpu.St[i] = BinaryPrimitives.ReadUInt128LittleEndian(image[(StOffset + (16 * i))..]);
        for (int i = 0; i < 16; i++)
            fpu.Xmm[i] = BinaryPrimitives.ReadUInt128LittleEndian(image[(XmmOffset + (16 * i))..]);

        return fpu;
    }
}
