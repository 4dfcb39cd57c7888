using System.Runtime.Intrinsics;
using Iced.Intel;
using Xunit;

namespace Lodge.Machines.Tests;

public sealed class VectorMoveTests
{
    private const int InvalidOpcode = 6;
    private const int NotAvailable = 7;
    private const int GeneralProtection = 13;
    private const int PageFault = 14;

    private static readonly Vector128<byte> A = Vector128.Create(0x1111_2222_3333_4444UL, 0x5555_6666_7777_8888).AsByte();
    private static readonly Vector128<byte> B = Vector128.Create(0xA1A2_A3A4_B1B2_B3B4, 0xC1C2_C3C4_D1D2_D3D4).AsByte();

    public static TheoryData<Code> VectorLoads => [Code.Movaps_xmm_xmmm128, Code.Movapd_xmm_xmmm128, Code.Movdqa_xmm_xmmm128];

    public static TheoryData<Code> UnalignedLoads => [Code.Movups_xmm_xmmm128, Code.Movupd_xmm_xmmm128, Code.Movdqu_xmm_xmmm128];

    public static TheoryData<Code> VectorStores =>
    [
        Code.Movaps_xmmm128_xmm, Code.Movapd_xmmm128_xmm, Code.Movdqa_xmmm128_xmm, Code.Movntps_m128_xmm, Code.Movntpd_m128_xmm,
        Code.Movntdq_m128_xmm,
    ];

    [Theory]
    [MemberData(nameof(VectorLoads))]
    [MemberData(nameof(UnalignedLoads))]
    public void Load_OfAWholeRegister_TakesAll(Code code)
    {
        Assert.Equal(B, Load(code, register: true));
        Assert.Equal(B, Load(code, register: false));
    }

    [Theory]
    [MemberData(nameof(VectorLoads))]
    [InlineData(Code.Paddb_xmm_xmmm128)]
    [InlineData(Code.Psllw_xmm_xmmm128)]
    [InlineData(Code.Punpcklbw_xmm_xmmm128)]
    [InlineData(Code.Andps_xmm_xmmm128)]
    public void Load_NotAligned_RaisesGeneralProtection(Code code)
    {
        using var guest = new SseGuest(Instruction.Create(code, Register.XMM0, SseGuest.InMemory));
        guest.Registers.Rbx += 8;
        guest[0] = A;

        Assert.Equal(GeneralProtection, guest.Run());
        Assert.Equal(A, guest[0]);
    }

    [Theory]
    [MemberData(nameof(UnalignedLoads))]
    public void Load_Unaligned_CrossesPages(Code code)
    {
        using var guest = new SseGuest(Instruction.Create(code, Register.XMM0, SseGuest.InMemory));
        guest.Registers.Rbx += 0xFF9;
        guest.Memory.Write(guest.Registers.Rbx, (UInt128)7 << 100 | 9);

        Assert.Null(guest.Run());
        Assert.Equal((UInt128)7 << 100 | 9, guest.State.Xmm[0]);
    }

    [Theory]
    [MemberData(nameof(VectorStores))]
    public void Store_OfAWholeRegister_NeedsAlignment(Code code)
    {
        using var guest = new SseGuest(Instruction.Create(code, SseGuest.InMemory, Register.XMM1));
        guest[1] = B;
        Assert.Null(guest.Run());
        Assert.Equal(B, guest.Read());

        guest[1] = A;
        guest.Registers.Rbx += 4;
        Assert.Equal(GeneralProtection, guest.Run());
        Assert.Equal(B, guest.Read());
    }

    [Theory]
    [InlineData(Code.Movups_xmmm128_xmm)]
    [InlineData(Code.Movupd_xmmm128_xmm)]
    [InlineData(Code.Movdqu_xmmm128_xmm)]
    public void Store_Unaligned_CrossesPages(Code code)
    {
        using var guest = new SseGuest(Instruction.Create(code, SseGuest.InMemory, Register.XMM1));
        guest.Registers.Rbx += 0xFF3;
        guest[1] = B;

        Assert.Null(guest.Run());
        Assert.Equal(guest.State.Xmm[1], guest.Memory.Read<UInt128>(guest.Registers.Rbx));
    }

    [Fact]
    public void ElementMoves_BetweenRegisters_LeaveTheRest()
    {
        Assert.Equal(A.AsUInt32().WithElement(0, 0xB1B2_B3B4).AsByte(), Load(Code.Movss_xmm_xmmm32, register: true));
        Assert.Equal(A.AsUInt64().WithElement(0, 0xA1A2_A3A4_B1B2_B3B4).AsByte(), Load(Code.Movsd_xmm_xmmm64, register: true));
        Assert.Equal(A.AsUInt64().WithElement(0, 0xC1C2_C3C4_D1D2_D3D4).AsByte(), Load(Code.Movhlps_xmm_xmm, register: true));
        Assert.Equal(A.AsUInt64().WithElement(1, 0xA1A2_A3A4_B1B2_B3B4).AsByte(), Load(Code.Movlhps_xmm_xmm, register: true));
        Assert.Equal(Vector128.CreateScalar(0xA1A2_A3A4_B1B2_B3B4).AsByte(), Load(Code.Movq_xmm_xmmm64, register: true));
        Assert.Equal(Vector128.CreateScalar(0xA1A2_A3A4_B1B2_B3B4).AsByte(), Load(Code.Movq_xmmm64_xmm, register: true));
    }

    [Fact]
    public void ElementMoves_FromMemory_ClearTheRestOrLeaveIt()
    {
        Assert.Equal(Vector128.CreateScalar(0xB1B2_B3B4u).AsByte(), Load(Code.Movss_xmm_xmmm32, register: false));
        Assert.Equal(Vector128.CreateScalar(0xA1A2_A3A4_B1B2_B3B4).AsByte(), Load(Code.Movsd_xmm_xmmm64, register: false));
        Assert.Equal(Vector128.CreateScalar(0xB1B2_B3B4u).AsByte(), Load(Code.Movd_xmm_rm32, register: false));
        Assert.Equal(Vector128.CreateScalar(0xA1A2_A3A4_B1B2_B3B4).AsByte(), Load(Code.Movq_xmm_rm64, register: false));
        Assert.Equal(Vector128.CreateScalar(0xA1A2_A3A4_B1B2_B3B4).AsByte(), Load(Code.Movq_xmm_xmmm64, register: false));
        foreach (Code code in new[] { Code.Movlps_xmm_m64, Code.Movlpd_xmm_m64 })
            Assert.Equal(A.AsUInt64().WithElement(0, 0xA1A2_A3A4_B1B2_B3B4).AsByte(), Load(code, register: false));

        foreach (Code code in new[] { Code.Movhps_xmm_m64, Code.Movhpd_xmm_m64 })
            Assert.Equal(A.AsUInt64().WithElement(1, 0xA1A2_A3A4_B1B2_B3B4).AsByte(), Load(code, register: false));
    }

    [Theory]
    [InlineData(Code.Movss_xmmm32_xmm, 4, 0)]
    [InlineData(Code.Movd_rm32_xmm, 4, 0)]
    [InlineData(Code.Movsd_xmmm64_xmm, 8, 0)]
    [InlineData(Code.Movq_xmmm64_xmm, 8, 0)]
    [InlineData(Code.Movq_rm64_xmm, 8, 0)]
    [InlineData(Code.Movlps_m64_xmm, 8, 0)]
    [InlineData(Code.Movlpd_m64_xmm, 8, 0)]
    [InlineData(Code.Movhps_m64_xmm, 8, 8)]
    [InlineData(Code.Movhpd_m64_xmm, 8, 8)]
    public void Store_OfAnElement_WritesNoMore(Code code, int bytes, int from)
    {
        using var guest = new SseGuest(Instruction.Create(code, SseGuest.InMemory, Register.XMM1));
        guest[1] = B;
        guest.Write(A);

        Assert.Null(guest.Run());
        for (int index = 0; index < 16; index++)
            Assert.Equal(index < bytes ? B[index + from] : A[index], guest.Read()[index]);
    }

    [Fact]
    public void GeneralRegisters_AreMovedWithZerosAbove()
    {
        using (var guest = new SseGuest(Instruction.Create(Code.Movd_xmm_rm32, Register.XMM0, Register.R9D)))
        {
            guest.Registers.R9 = 0x1234_5678_9ABC_DEF0;
            guest[0] = A;
            Assert.Null(guest.Run());
            Assert.Equal((UInt128)0x9ABC_DEF0, guest.State.Xmm[0]);
        }

        using (var guest = new SseGuest(Instruction.Create(Code.Movq_xmm_rm64, Register.XMM0, Register.R9)))
        {
            guest.Registers.R9 = 0x1234_5678_9ABC_DEF0;
            guest[0] = A;
            Assert.Null(guest.Run());
            Assert.Equal((UInt128)0x1234_5678_9ABC_DEF0, guest.State.Xmm[0]);
        }

        Assert.Equal(0xB1B2_B3B4u, Extract(Instruction.Create(Code.Movd_rm32_xmm, Register.EAX, Register.XMM1)));
        Assert.Equal(0xA1A2_A3A4_B1B2_B3B4u, Extract(Instruction.Create(Code.Movq_rm64_xmm, Register.RAX, Register.XMM1)));
        Assert.Equal(0b1111u, Extract(Instruction.Create(Code.Movmskps_r32_xmm, Register.EAX, Register.XMM1)));
        Assert.Equal(0b11u, Extract(Instruction.Create(Code.Movmskpd_r32_xmm, Register.EAX, Register.XMM1)));
        Assert.Equal(0xFFFFu, Extract(Instruction.Create(Code.Pmovmskb_r32_xmm, Register.EAX, Register.XMM1)));
        Assert.Equal(0xD1D2u, Extract(Instruction.Create(Code.Pextrw_r32_xmm_imm8, Register.EAX, Register.XMM1, 8 + 5)));
    }

    [Fact]
    public void Pinsrw_ReplacesAWord()
    {
        using var guest = new SseGuest(
            Instruction.Create(Code.Pinsrw_xmm_r32m16_imm8, Register.XMM0, Register.EDX, 6),
            Instruction.Create(Code.Pinsrw_xmm_r32m16_imm8, Register.XMM0, SseGuest.InMemory, 8 + 1));
        guest[0] = A;
        guest.Write(B);
        guest.Registers.Rdx = 0xFFFF_FFFF_FFFF_ABCD;

        Assert.Null(guest.Run());
        Assert.Equal(A.AsUInt16().WithElement(6, (ushort)0xABCD).WithElement(1, (ushort)0xB3B4).AsByte(), guest[0]);
    }

    [Fact]
    public void Maskmovdqu_WritesTheBytesThatTheMaskNames()
    {
        using var guest = new SseGuest(
            Instruction.CreateMaskmovdqu(64, Register.XMM0, Register.XMM1));
        guest[0] = A;
        guest[1] = Vector128.Create(0x80, 0, 0xFF, 0x7F, 0, 0, 0, 0x90, 0, 0, 0, 0, 0, 0, 0, 0x80).AsByte();
        guest.Write(B);
        guest.Registers.Rdi = SseGuest.Operand;

        Assert.Null(guest.Run());
        for (int index = 0; index < 16; index++)
            Assert.Equal(index is 0 or 2 or 7 or 15 ? A[index] : B[index], guest.Read()[index]);

        guest.Registers.Rdi = 0x0000_7000_0000_0000;
        Assert.Equal(PageFault, guest.Run());
    }

    [Fact]
    public void ControlBits_DecideWhetherSseMayBeUsed()
    {
        using var guest = new SseGuest(Instruction.Create(Code.Movaps_xmm_xmmm128, Register.XMM0, Register.XMM1));
        SystemRegisters usual = guest.Cpu.SystemRegisters;
        const ulong TaskSwitched = 1 << 3;
        const ulong Emulation = 1 << 2;
        const ulong FxSave = 1 << 9;
        foreach ((ulong cr0, ulong cr4, int? expected) in new (ulong, ulong, int?)[]
        {
            (usual.Cr0, usual.Cr4, null),
            (usual.Cr0 | TaskSwitched, usual.Cr4, NotAvailable),
            (usual.Cr0 | Emulation, usual.Cr4, InvalidOpcode),
            (usual.Cr0, usual.Cr4 & ~FxSave, InvalidOpcode),
            (usual.Cr0 | TaskSwitched, usual.Cr4 & ~FxSave, InvalidOpcode),
        })
        {
            guest.Cpu.SystemRegisters = usual with { Cr0 = cr0, Cr4 = cr4 };
            Assert.Equal(expected, guest.Run());
        }
    }

    private static Vector128<byte> Load(Code code, bool register)
    {
        Instruction instruction = register
            ? Instruction.Create(code, Register.XMM0, Register.XMM1)
            : Instruction.Create(code, Register.XMM0, SseGuest.InMemory);
        using var guest = new SseGuest(instruction);
        guest[0] = A;
        guest[1] = B;
        guest.Write(B);
        Assert.Null(guest.Run());
        return guest[0];
    }

    private static ulong Extract(Instruction instruction)
    {
        using var guest = new SseGuest(instruction);
        guest.Registers.Rax = ulong.MaxValue;
        guest[1] = B;
        Assert.Null(guest.Run());
        return guest.Registers.Rax;
    }
}
