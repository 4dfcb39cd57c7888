using System.Buffers.Binary;

namespace Lodge.Machines;

/// <summary>The programs, assembled by hand.</summary>
internal static class ProbePrograms
{
    /// <summary>What <see cref="Loop"/> executes each time.</summary>
    public const int InstructionsPerRound = 2;

    /// <summary>Arithmetic, memory and ports.</summary>
    public static ProbeProgram Integer { get; } = new(
        "Integer code",
        [
            0xB8, 0x06, 0x00, 0x00, 0x00,               // mov eax, 6
            0xB9, 0x07, 0x00, 0x00, 0x00,               // mov ecx, 7
            0x0F, 0xAF, 0xC1,                           // imul eax, ecx
            0x89, 0x04, 0x25, 0x00, 0x80, 0x00, 0x00,   // mov [0x8000], eax
            0xE5, 0x10,                                 // in eax, 0x10
            0x03, 0x04, 0x25, 0x00, 0x80, 0x00, 0x00,   // add eax, [0x8000]
            0xE7, 0x10,                                 // out 0x10, eax
            0xF4,                                       // hlt
        ],
        [ProbeGuest.PortValue + 42]);

    /// <summary>SSE2 between registers and memory.</summary>
    public static ProbeProgram Sse { get; } = new(
        "SSE2",
        [
            0xB8, 0x15, 0x00, 0x00, 0x00,                       // mov eax, 21
            0x66, 0x0F, 0x6E, 0xC0,                             // movd xmm0, eax
            0x66, 0x0F, 0xFE, 0xC0,                             // paddd xmm0, xmm0
            0x0F, 0x11, 0x04, 0x25, 0x00, 0x80, 0x00, 0x00,     // movups [0x8000], xmm0
            0x0F, 0x10, 0x0C, 0x25, 0x00, 0x80, 0x00, 0x00,     // movups xmm1, [0x8000]
            0x66, 0x0F, 0x7E, 0xC8,                             // movd eax, xmm1
            0xF2, 0x0F, 0x2A, 0xD0,                             // cvtsi2sd xmm2, eax
            0xF2, 0x0F, 0x58, 0xD2,                             // addsd xmm2, xmm2
            0xF2, 0x0F, 0x2C, 0xC2,                             // cvttsd2si eax, xmm2
            0xE7, 0x10,                                         // out 0x10, eax
            0xF4,                                               // hlt
        ],
        [84]);

    /// <summary><c>int n</c> and <c>iretq</c>.</summary>
    public static ProbeProgram SoftwareInterrupt { get; } = new(
        "Software interrupts",
        [
            0x31, 0xC0,     // xor eax, eax
            0xCD, 0x80,     // int 0x80
            0xE7, 0x10,     // out 0x10, eax
            0xF4,           // hlt
        ],
        [42])
    {
        Vector = 0x80,
        Handler =
        [
            0xB8, 0x2A, 0x00, 0x00, 0x00,   // mov eax, 42
            0x48, 0xCF,                     // iretq
        ],
    };

    /// <summary>A read where no page is; the handler says where that was, and maps the page.</summary>
    public static ProbeProgram PageFault { get; } = new(
        "Page faults",
        [
            0xB8, 0x00, 0x00, 0x40, 0x00,   // mov eax, 0x400000
            0x8B, 0x00,                     // mov eax, [rax]
            0xE7, 0x10,                     // out 0x10, eax
            0xF4,                           // hlt
        ],
        [0x40_0000, ProbeGuest.FirstWord])
    {
        Vector = 14,
        Handler =
        [
            0x0F, 0x20, 0xD0,                                   // mov rax, cr2
            0xE7, 0x10,                                         // out 0x10, eax
            0x48, 0xC7, 0x04, 0x25, 0x10, 0x60, 0x00, 0x00,     // mov qword [0x6010],
            0x83, 0x00, 0x00, 0x00,                             //   0x83: 2 MiB at address 0, writable
            0x48, 0x83, 0xC4, 0x08,                             // add rsp, 8
            0x48, 0xCF,                                         // iretq
        ],
    };

    /// <summary>A loop.</summary>
    public static ProbeProgram Loop(uint rounds)
    {
        byte[] code =
        [
            0xB9, 0x00, 0x00, 0x00, 0x00,   // mov ecx, rounds
            0xFF, 0xC9,                     // dec ecx
            0x75, 0xFC,                     // jnz to dec
            0xF4,                           // hlt
        ];
        BinaryPrimitives.WriteUInt32LittleEndian(code.AsSpan(1), rounds);
        return new ProbeProgram("A loop", code, []);
    }
}
