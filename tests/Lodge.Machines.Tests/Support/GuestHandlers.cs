using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

/// <summary>Handlers for all vectors, which report what came and halt.</summary>
internal static class GuestHandlers
{
    public const int Vectors = 256;

    // Vectors 8, 10 to 14, 17, 21, 29 and 30 come with an error code.
    private const uint WithErrorCode = 0x6022_7D00;

    /// <summary>The code for an address, and where the handler of each vector is.</summary>
    public static (byte[] Code, ulong[] Entries) Assemble(ulong address)
    {
        var code = new Assembler(64);
        Label report = code.CreateLabel();
        var labels = new Label[Vectors];
        for (int vector = 0; vector < Vectors; vector++)
        {
            labels[vector] = code.CreateLabel();
            code.Label(ref labels[vector]);
            if (vector >= 32 || ((WithErrorCode >> vector) & 1) == 0)
                code.push(0);

            code.push(vector);
            code.jmp(report);
        }

        code.Label(ref report);
        code.mov(dx, BarePorts.Exception);
        code.mov(eax, __dword_ptr[rsp]);
        code.@out(dx, eax);
        code.mov(eax, __dword_ptr[rsp + 8]);
        code.@out(dx, eax);
        code.mov(rax, __qword_ptr[rsp + 16]);
        code.@out(dx, eax);
        code.shr(rax, 32);
        code.@out(dx, eax);
        code.mov(rax, cr2);
        code.@out(dx, eax);
        code.shr(rax, 32);
        code.@out(dx, eax);
        code.cli();
        code.hlt();

        var stream = new MemoryStream();
        AssemblerResult result = code.Assemble(
            new StreamCodeWriter(stream), address, BlockEncoderOptions.ReturnNewInstructionOffsets);
        return (stream.ToArray(), [.. labels.Select(label => result.GetLabelRIP(label))]);
    }
}
