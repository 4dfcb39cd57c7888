using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Iced.Intel;
using Xunit;

namespace Lodge.Machines.Tests;

/// <summary>Integer instructions against the host's own.</summary>
public sealed class PackedIntegerTests
{
    private const int Seed = 4711;
    private const int Rounds = 60;

    public static bool HasSse2 => Sse2.IsSupported;

    [Fact(Skip = "The host has no SSE2.", SkipUnless = nameof(HasSse2))]
    public void BinaryOperations_GiveWhatTheHostGives()
    {
        Check(Code.Paddb_xmm_xmmm128, (a, b) => Sse2.Add(a, b));
        Check(Code.Paddw_xmm_xmmm128, (a, b) => Sse2.Add(a.AsInt16(), b.AsInt16()).AsByte());
        Check(Code.Paddd_xmm_xmmm128, (a, b) => Sse2.Add(a.AsInt32(), b.AsInt32()).AsByte());
        Check(Code.Paddq_xmm_xmmm128, (a, b) => Sse2.Add(a.AsInt64(), b.AsInt64()).AsByte());
        Check(Code.Psubb_xmm_xmmm128, (a, b) => Sse2.Subtract(a, b));
        Check(Code.Psubw_xmm_xmmm128, (a, b) => Sse2.Subtract(a.AsInt16(), b.AsInt16()).AsByte());
        Check(Code.Psubd_xmm_xmmm128, (a, b) => Sse2.Subtract(a.AsInt32(), b.AsInt32()).AsByte());
        Check(Code.Psubq_xmm_xmmm128, (a, b) => Sse2.Subtract(a.AsInt64(), b.AsInt64()).AsByte());
        Check(Code.Paddsb_xmm_xmmm128, (a, b) => Sse2.AddSaturate(a.AsSByte(), b.AsSByte()).AsByte());
        Check(Code.Paddsw_xmm_xmmm128, (a, b) => Sse2.AddSaturate(a.AsInt16(), b.AsInt16()).AsByte());
        Check(Code.Paddusb_xmm_xmmm128, (a, b) => Sse2.AddSaturate(a, b));
        Check(Code.Paddusw_xmm_xmmm128, (a, b) => Sse2.AddSaturate(a.AsUInt16(), b.AsUInt16()).AsByte());
        Check(Code.Psubsb_xmm_xmmm128, (a, b) => Sse2.SubtractSaturate(a.AsSByte(), b.AsSByte()).AsByte());
        Check(Code.Psubsw_xmm_xmmm128, (a, b) => Sse2.SubtractSaturate(a.AsInt16(), b.AsInt16()).AsByte());
        Check(Code.Psubusb_xmm_xmmm128, (a, b) => Sse2.SubtractSaturate(a, b));
        Check(Code.Psubusw_xmm_xmmm128, (a, b) => Sse2.SubtractSaturate(a.AsUInt16(), b.AsUInt16()).AsByte());
        Check(Code.Pcmpeqb_xmm_xmmm128, (a, b) => Sse2.CompareEqual(a, b));
        Check(Code.Pcmpeqw_xmm_xmmm128, (a, b) => Sse2.CompareEqual(a.AsInt16(), b.AsInt16()).AsByte());
        Check(Code.Pcmpeqd_xmm_xmmm128, (a, b) => Sse2.CompareEqual(a.AsInt32(), b.AsInt32()).AsByte());
        Check(Code.Pcmpgtb_xmm_xmmm128, (a, b) => Sse2.CompareGreaterThan(a.AsSByte(), b.AsSByte()).AsByte());
        Check(Code.Pcmpgtw_xmm_xmmm128, (a, b) => Sse2.CompareGreaterThan(a.AsInt16(), b.AsInt16()).AsByte());
        Check(Code.Pcmpgtd_xmm_xmmm128, (a, b) => Sse2.CompareGreaterThan(a.AsInt32(), b.AsInt32()).AsByte());
        Check(Code.Pminub_xmm_xmmm128, (a, b) => Sse2.Min(a, b));
        Check(Code.Pminsw_xmm_xmmm128, (a, b) => Sse2.Min(a.AsInt16(), b.AsInt16()).AsByte());
        Check(Code.Pmaxub_xmm_xmmm128, (a, b) => Sse2.Max(a, b));
        Check(Code.Pmaxsw_xmm_xmmm128, (a, b) => Sse2.Max(a.AsInt16(), b.AsInt16()).AsByte());
        Check(Code.Pavgb_xmm_xmmm128, (a, b) => Sse2.Average(a, b));
        Check(Code.Pavgw_xmm_xmmm128, (a, b) => Sse2.Average(a.AsUInt16(), b.AsUInt16()).AsByte());
        Check(Code.Pand_xmm_xmmm128, (a, b) => Sse2.And(a, b));
        Check(Code.Andps_xmm_xmmm128, (a, b) => Sse2.And(a, b));
        Check(Code.Andpd_xmm_xmmm128, (a, b) => Sse2.And(a, b));
        Check(Code.Pandn_xmm_xmmm128, (a, b) => Sse2.AndNot(a, b));
        Check(Code.Andnps_xmm_xmmm128, (a, b) => Sse2.AndNot(a, b));
        Check(Code.Andnpd_xmm_xmmm128, (a, b) => Sse2.AndNot(a, b));
        Check(Code.Por_xmm_xmmm128, (a, b) => Sse2.Or(a, b));
        Check(Code.Orps_xmm_xmmm128, (a, b) => Sse2.Or(a, b));
        Check(Code.Orpd_xmm_xmmm128, (a, b) => Sse2.Or(a, b));
        Check(Code.Pxor_xmm_xmmm128, (a, b) => Sse2.Xor(a, b));
        Check(Code.Xorps_xmm_xmmm128, (a, b) => Sse2.Xor(a, b));
        Check(Code.Xorpd_xmm_xmmm128, (a, b) => Sse2.Xor(a, b));
    }

    [Fact(Skip = "The host has no SSE2.", SkipUnless = nameof(HasSse2))]
    public void MultiplicationsAndPacks_GiveWhatTheHostGives()
    {
        Check(Code.Pmullw_xmm_xmmm128, (a, b) => Sse2.MultiplyLow(a.AsInt16(), b.AsInt16()).AsByte());
        Check(Code.Pmulhw_xmm_xmmm128, (a, b) => Sse2.MultiplyHigh(a.AsInt16(), b.AsInt16()).AsByte());
        Check(Code.Pmulhuw_xmm_xmmm128, (a, b) => Sse2.MultiplyHigh(a.AsUInt16(), b.AsUInt16()).AsByte());
        Check(Code.Pmuludq_xmm_xmmm128, (a, b) => Sse2.Multiply(a.AsUInt32(), b.AsUInt32()).AsByte());
        Check(Code.Pmaddwd_xmm_xmmm128, (a, b) => Sse2.MultiplyAddAdjacent(a.AsInt16(), b.AsInt16()).AsByte());
        Check(Code.Psadbw_xmm_xmmm128, (a, b) => Sse2.SumAbsoluteDifferences(a, b).AsByte());
        Check(Code.Packsswb_xmm_xmmm128, (a, b) => Sse2.PackSignedSaturate(a.AsInt16(), b.AsInt16()).AsByte());
        Check(Code.Packssdw_xmm_xmmm128, (a, b) => Sse2.PackSignedSaturate(a.AsInt32(), b.AsInt32()).AsByte());
        Check(Code.Packuswb_xmm_xmmm128, (a, b) => Sse2.PackUnsignedSaturate(a.AsInt16(), b.AsInt16()));
        Check(Code.Punpcklbw_xmm_xmmm128, (a, b) => Sse2.UnpackLow(a, b));
        Check(Code.Punpckhbw_xmm_xmmm128, (a, b) => Sse2.UnpackHigh(a, b));
        Check(Code.Punpcklwd_xmm_xmmm128, (a, b) => Sse2.UnpackLow(a.AsInt16(), b.AsInt16()).AsByte());
        Check(Code.Punpckhwd_xmm_xmmm128, (a, b) => Sse2.UnpackHigh(a.AsInt16(), b.AsInt16()).AsByte());
        Check(Code.Punpckldq_xmm_xmmm128, (a, b) => Sse2.UnpackLow(a.AsInt32(), b.AsInt32()).AsByte());
        Check(Code.Punpckhdq_xmm_xmmm128, (a, b) => Sse2.UnpackHigh(a.AsInt32(), b.AsInt32()).AsByte());
        Check(Code.Punpcklqdq_xmm_xmmm128, (a, b) => Sse2.UnpackLow(a.AsInt64(), b.AsInt64()).AsByte());
        Check(Code.Punpckhqdq_xmm_xmmm128, (a, b) => Sse2.UnpackHigh(a.AsInt64(), b.AsInt64()).AsByte());
        Check(Code.Unpcklps_xmm_xmmm128, (a, b) => Sse.UnpackLow(a.AsSingle(), b.AsSingle()).AsByte());
        Check(Code.Unpckhps_xmm_xmmm128, (a, b) => Sse.UnpackHigh(a.AsSingle(), b.AsSingle()).AsByte());
        Check(Code.Unpcklpd_xmm_xmmm128, (a, b) => Sse2.UnpackLow(a.AsDouble(), b.AsDouble()).AsByte());
        Check(Code.Unpckhpd_xmm_xmmm128, (a, b) => Sse2.UnpackHigh(a.AsDouble(), b.AsDouble()).AsByte());
    }

    [Fact(Skip = "The host has no SSE2.", SkipUnless = nameof(HasSse2))]
    public void Shifts_ByARegister_GiveWhatTheHostGives()
    {
        CheckShift(Code.Psllw_xmm_xmmm128, (a, b) => Sse2.ShiftLeftLogical(a.AsInt16(), b.AsInt16()).AsByte());
        CheckShift(Code.Pslld_xmm_xmmm128, (a, b) => Sse2.ShiftLeftLogical(a.AsInt32(), b.AsInt32()).AsByte());
        CheckShift(Code.Psllq_xmm_xmmm128, (a, b) => Sse2.ShiftLeftLogical(a.AsInt64(), b.AsInt64()).AsByte());
        CheckShift(Code.Psrlw_xmm_xmmm128, (a, b) => Sse2.ShiftRightLogical(a.AsInt16(), b.AsInt16()).AsByte());
        CheckShift(Code.Psrld_xmm_xmmm128, (a, b) => Sse2.ShiftRightLogical(a.AsInt32(), b.AsInt32()).AsByte());
        CheckShift(Code.Psrlq_xmm_xmmm128, (a, b) => Sse2.ShiftRightLogical(a.AsInt64(), b.AsInt64()).AsByte());
        CheckShift(Code.Psraw_xmm_xmmm128, (a, b) => Sse2.ShiftRightArithmetic(a.AsInt16(), b.AsInt16()).AsByte());
        CheckShift(Code.Psrad_xmm_xmmm128, (a, b) => Sse2.ShiftRightArithmetic(a.AsInt32(), b.AsInt32()).AsByte());
    }

    [Fact(Skip = "The host has no SSE2.", SkipUnless = nameof(HasSse2))]
    public void Shifts_ByAnImmediate_GiveWhatTheHostGives()
    {
        foreach (byte count in new byte[] { 0, 1, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 127, 128, 255 })
        {
            // The host's shift by a register takes any count; that by an immediate is compiled for each.
            Vector128<short> by = Vector128.CreateScalar((long)count).AsInt16();
            CheckImmediate(Code.Psllw_xmm_imm8, count, a => Sse2.ShiftLeftLogical(a.AsInt16(), by).AsByte());
            CheckImmediate(Code.Pslld_xmm_imm8, count, a => Sse2.ShiftLeftLogical(a.AsInt32(), by.AsInt32()).AsByte());
            CheckImmediate(Code.Psllq_xmm_imm8, count, a => Sse2.ShiftLeftLogical(a.AsInt64(), by.AsInt64()).AsByte());
            CheckImmediate(Code.Psrlw_xmm_imm8, count, a => Sse2.ShiftRightLogical(a.AsInt16(), by).AsByte());
            CheckImmediate(Code.Psrld_xmm_imm8, count, a => Sse2.ShiftRightLogical(a.AsInt32(), by.AsInt32()).AsByte());
            CheckImmediate(Code.Psrlq_xmm_imm8, count, a => Sse2.ShiftRightLogical(a.AsInt64(), by.AsInt64()).AsByte());
            CheckImmediate(Code.Psraw_xmm_imm8, count, a => Sse2.ShiftRightArithmetic(a.AsInt16(), by).AsByte());
            CheckImmediate(Code.Psrad_xmm_imm8, count, a => Sse2.ShiftRightArithmetic(a.AsInt32(), by.AsInt32()).AsByte());
            CheckImmediate(Code.Pslldq_xmm_imm8, count, a => Moved(a, count));
            CheckImmediate(Code.Psrldq_xmm_imm8, count, a => Moved(a, -count));
        }
    }

    [Fact]
    public void Shuffles_TakeTheElementsThatTheImmediateNames()
    {
        Vector128<byte> a = Counting(0);
        Vector128<byte> b = Counting(16);
        foreach (byte immediate in new byte[] { 0x00, 0x1B, 0xE4, 0x4E, 0xB1, 0x93, 0xFF, 0x39, 0xD8 })
        {
            int[] order = [immediate & 3, (immediate >> 2) & 3, (immediate >> 4) & 3, immediate >> 6];
            CheckShuffle(Code.Pshufd_xmm_xmmm128_imm8, immediate, a, b, i => b[(4 * order[i / 4]) + (i % 4)]);
            CheckShuffle(Code.Pshuflw_xmm_xmmm128_imm8, immediate, a, b, i => i < 8 ? b[(2 * order[i / 2]) + (i % 2)] : b[i]);
            CheckShuffle(
                Code.Pshufhw_xmm_xmmm128_imm8, immediate, a, b, i => i < 8 ? b[i] : b[8 + (2 * order[(i - 8) / 2]) + (i % 2)]);
            CheckShuffle(
                Code.Shufps_xmm_xmmm128_imm8, immediate, a, b, i => (i < 8 ? a : b)[(4 * order[i / 4]) + (i % 4)]);
            CheckShuffle(
                Code.Shufpd_xmm_xmmm128_imm8,
                immediate,
                a,
                b,
                i => (i < 8 ? a : b)[(8 * ((immediate >> (i / 8)) & 1)) + (i % 8)]);
        }
    }

    private static void CheckShuffle(Code code, byte immediate, Vector128<byte> a, Vector128<byte> b, Func<int, byte> expected)
    {
        byte[] bytes = [.. Enumerable.Range(0, 16).Select(expected)];
        using var guest = new SseGuest(Instruction.Create(code, Register.XMM0, Register.XMM1, (int)immediate));
        guest[0] = a;
        guest[1] = b;
        Assert.Null(guest.Run());
        Assert.True(Vector128.Create(bytes) == guest[0], $"{code} 0x{immediate:x}: {guest[0]}");
        using var fromMemory = new SseGuest(Instruction.Create(code, Register.XMM0, SseGuest.InMemory, (int)immediate));
        fromMemory[0] = a;
        fromMemory.Write(b);
        Assert.Null(fromMemory.Run());
        Assert.True(Vector128.Create(bytes) == fromMemory[0], $"{code} 0x{immediate:x} from memory: {fromMemory[0]}");
    }

    private static void CheckImmediate(Code code, byte immediate, Func<Vector128<byte>, Vector128<byte>> host)
    {
        var random = new Random(Seed);
        using var guest = new SseGuest(Instruction.Create(code, Register.XMM9, (int)immediate));
        for (int round = 0; round < 4; round++)
        {
            Vector128<byte> a = Any(random);
            guest[9] = a;
            Assert.Null(guest.Run());
            Assert.True(host(a) == guest[9], $"{code} {immediate} of {a}: {guest[9]} instead of {host(a)}");
        }
    }

    private static void CheckShift(Code code, Func<Vector128<byte>, Vector128<byte>, Vector128<byte>> host)
        => Check(code, host, random => Vector128.Create(
            random.Next(4) == 0 ? (ulong)random.NextInt64() : (ulong)random.Next(70), (ulong)random.NextInt64()).AsByte());

    private static void Check(
        Code code,
        Func<Vector128<byte>, Vector128<byte>, Vector128<byte>> host,
        Func<Random, Vector128<byte>>? second = null)
    {
        var random = new Random(Seed);
        using var guest = new SseGuest(Instruction.Create(code, Register.XMM0, Register.XMM15));
        using var fromMemory = new SseGuest(Instruction.Create(code, Register.XMM0, SseGuest.InMemory));
        for (int round = 0; round < Rounds; round++)
        {
            Vector128<byte> a = Any(random);
            Vector128<byte> b = (second ?? Any)(random);
            Vector128<byte> expected = host(a, b);
            guest[0] = a;
            guest[15] = b;
            Assert.Null(guest.Run());
            Assert.True(expected == guest[0], $"{code} of {a} and {b}: {guest[0]} instead of {expected} (seed {Seed})");
            Assert.Equal(b, guest[15]);
            fromMemory[0] = a;
            fromMemory.Write(b);
            Assert.Null(fromMemory.Run());
            Assert.True(expected == fromMemory[0], $"{code} of {a} and {b} in memory: {fromMemory[0]} instead of {expected}");
        }
    }

    /// <summary>Bytes of which many are at an edge.</summary>
    private static Vector128<byte> Any(Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        ReadOnlySpan<byte> edges = [0, 0, 1, 0x7F, 0x80, 0x80, 0xFF, 0xFF];
        for (int index = 0; index < bytes.Length; index++)
        {
            if (random.Next(2) == 0)
                bytes[index] = edges[random.Next(edges.Length)];
        }

        return Vector128.Create<byte>(bytes);
    }

    private static Vector128<byte> Counting(byte first)
        => Vector128.Create<byte>([.. Enumerable.Range(first, 16).Select(value => (byte)value)]);

    private static Vector128<byte> Moved(Vector128<byte> value, int bytes)
        => Vector128.Create<byte>(
            [.. Enumerable.Range(0, 16).Select(i => i - bytes is >= 0 and < 16 ? value[i - bytes] : (byte)0)]);
}
