using System.Buffers.Binary;

namespace Lodge.Machines;

/// <summary>The first 512 bytes of an XSAVE area, which are those of <c>fxsave</c> in 64-bit mode (Intel SDM, volume 1,
/// 10.5.1).</summary>
internal static class XsaveArea
{
    private const int ControlWord = 0;
    private const int StatusWord = 2;
    private const int Tags = 4;
    private const int Opcode = 6;
    private const int InstructionPointer = 8;
    private const int DataPointer = 16;
    private const int Mxcsr = 24;
    private const int St = 32;
    private const int Xmm = 160;
    private const int RegisterBytes = 16;
    private const int StRegisterBytes = 10;

    public static FpuRegisters GetFpu(ReadOnlySpan<byte> area)
    {
        var fpu = new FpuRegisters
        {
            ControlWord = BinaryPrimitives.ReadUInt16LittleEndian(area[ControlWord..]),
            StatusWord = BinaryPrimitives.ReadUInt16LittleEndian(area[StatusWord..]),
            Tags = area[Tags],
            Opcode = BinaryPrimitives.ReadUInt16LittleEndian(area[Opcode..]),
            InstructionPointer = BinaryPrimitives.ReadUInt64LittleEndian(area[InstructionPointer..]),
            DataPointer = BinaryPrimitives.ReadUInt64LittleEndian(area[DataPointer..]),
            Mxcsr = BinaryPrimitives.ReadUInt32LittleEndian(area[Mxcsr..]),
        };
        for (int i = 0; i < fpu.St.Length; i++)
            fpu.St[i] = BinaryPrimitives.ReadUInt128LittleEndian(area[(St + (i * RegisterBytes))..]);

        for (int i = 0; i < fpu.Xmm.Length; i++)
            fpu.Xmm[i] = BinaryPrimitives.ReadUInt128LittleEndian(area[(Xmm + (i * RegisterBytes))..]);

        return fpu;
    }

    public static void SetFpu(Span<byte> area, FpuRegisters fpu)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(area[ControlWord..], fpu.ControlWord);
        BinaryPrimitives.WriteUInt16LittleEndian(area[StatusWord..], fpu.StatusWord);
        area[Tags] = fpu.Tags;
        BinaryPrimitives.WriteUInt16LittleEndian(area[Opcode..], fpu.Opcode);
        BinaryPrimitives.WriteUInt64LittleEndian(area[InstructionPointer..], fpu.InstructionPointer);
        BinaryPrimitives.WriteUInt64LittleEndian(area[DataPointer..], fpu.DataPointer);
        BinaryPrimitives.WriteUInt32LittleEndian(area[Mxcsr..], fpu.Mxcsr);
        for (int i = 0; i < fpu.St.Length; i++)
        {
            // The six bytes behind the 80 bits are reserved.
            Span<byte> register = area.Slice(St + (i * RegisterBytes), RegisterBytes);
            BinaryPrimitives.WriteUInt128LittleEndian(register, fpu.St[i]);
            register[StRegisterBytes..].Clear();
        }

        for (int i = 0; i < fpu.Xmm.Length; i++)
            BinaryPrimitives.WriteUInt128LittleEndian(area[(Xmm + (i * RegisterBytes))..], fpu.Xmm[i]);
    }
}
