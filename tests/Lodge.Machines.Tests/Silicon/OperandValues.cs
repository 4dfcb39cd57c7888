using System.Buffers.Binary;

namespace Lodge.Machines.Tests.Silicon;

/// <summary>Values at which instructions change their mind, and some between.</summary>
internal static class OperandValues
{
    private static readonly uint[] Singles =
    [
        0x0000_0000, 0x8000_0000, 0x3F80_0000, 0xBF80_0000, 0x7F80_0000, 0xFF80_0000, // 0, 1, infinity
        0x7FC0_0000, 0xFFC0_0000, 0x7FC1_2345, 0x7F80_0001, 0xFFA0_0000, 0x7FBF_FFFF, // quiet and signalling NaNs
        0x0000_0001, 0x8000_0001, 0x007F_FFFF, 0x0080_0000, 0x8080_0000, 0x00FF_FFFF, // denormal, and about the smallest normal
        0x7F7F_FFFF, 0xFF7F_FFFF, 0x3F00_0000, 0x3FC0_0000, 0x4020_0000, 0xBF00_0000, // largest; halves, which round to even
        0x3F7F_FFFF, 0x3F80_0001, 0x4B00_0000, 0x4B7F_FFFF, 0x4F00_0000, 0xCF00_0000, // about 1; the end of fractions; 2^31
        0x4EFF_FFFF, 0x4F7F_FFFF, 0x4F80_0000, 0x5EFF_FFFF, 0x5F00_0000, 0xDF00_0000, // about 2^31, 2^32, 2^63
        0x4049_0FDB, 0x1E3C_E508, 0x2000_0000, 0x6000_0000, 0x0040_0000, 0x3EAA_AAAB, // pi; products that under- and overflow
    ];

    private static readonly ulong[] Doubles =
    [
        0x0000_0000_0000_0000, 0x8000_0000_0000_0000, 0x3FF0_0000_0000_0000, 0xBFF0_0000_0000_0000,
        0x7FF0_0000_0000_0000, 0xFFF0_0000_0000_0000, 0x7FF8_0000_0000_0000, 0xFFF8_0000_0000_0000,
        0x7FF8_1234_5678_9ABC, 0x7FF0_0000_0000_0001, 0xFFF4_0000_0000_0000, 0x7FF7_FFFF_FFFF_FFFF,
        0x0000_0000_0000_0001, 0x8000_0000_0000_0001, 0x000F_FFFF_FFFF_FFFF, 0x0010_0000_0000_0000,
        0x8010_0000_0000_0000, 0x7FEF_FFFF_FFFF_FFFF, 0xFFEF_FFFF_FFFF_FFFF, 0x3FE0_0000_0000_0000,
        0x3FF8_0000_0000_0000, 0x4004_0000_0000_0000, 0xBFE0_0000_0000_0000, 0x3FEF_FFFF_FFFF_FFFF,
        0x3FF0_0000_0000_0001, 0x4330_0000_0000_0000, 0x433F_FFFF_FFFF_FFFF, 0x41E0_0000_0000_0000,
        0xC1E0_0000_0000_0000, 0xC1E0_0000_0020_0000, 0x41DF_FFFF_FFC0_0000, 0x41DF_FFFF_FFE0_0000,
        0x41F0_0000_0000_0000, 0x43E0_0000_0000_0000, 0xC3E0_0000_0000_0000, 0x43DF_FFFF_FFFF_FFFF,
        0x4009_21FB_5444_2D18, 0x1E30_0000_0000_0000, 0x3810_0000_0000_0000, 0x380F_FFFF_F000_0000, // about the ends of single
        0x3690_0000_0000_0000, 0x36A0_0000_0000_0000, 0x47EF_FFFF_E000_0000, 0x47EF_FFFF_F000_0000,
        0x47F0_0000_0000_0000, 0x3810_0000_1000_0000, 0x6000_0000_0000_0000, 0x3FD5_5555_5555_5555,
    ];

    /// <summary>An integer of 64 bits whose lower parts are as likely to be special as all of it.</summary>
    public static ulong Integer(CaseRandom random)
    {
        ulong value = random.Below(4) switch
        {
            0 => random.Next(),
            1 => Edge(random, 64),
            2 => Edge(random, random.Pick<int>([8, 16, 32, 64])),
            _ => random.Next() >> random.Below(64),
        };
        int width = random.Pick<int>([8, 16, 32, 64, 64, 64]);
        return width == 64 || random.Percent(50) ? value : (random.Next() << width) | (value & ((1UL << width) - 1));
    }

    /// <summary>Sixteen bytes as an XMM register may have them.</summary>
    public static void Vector(CaseRandom random, Span<byte> bytes)
    {
        switch (random.Below(8))
        {
            case 0:
                Fill(bytes, 8, _ => random.Next());
                break;
            case 1:
                Fill(bytes, 1, _ => Edge(random, 8));
                break;
            case 2:
                Fill(bytes, 2, _ => Edge(random, 16));
                break;
            case 3:
                Fill(bytes, 4, _ => Edge(random, 32));
                break;
            case 4:
            case 5:
                Fill(bytes, 4, _ => Single(random));
                break;
            default:
                Fill(bytes, 8, _ => Double(random));
                break;
        }
    }

    public static UInt128 Vector(CaseRandom random)
    {
        Span<byte> bytes = stackalloc byte[16];
        Vector(random, bytes);
        return BinaryPrimitives.ReadUInt128LittleEndian(bytes);
    }

    /// <summary>MXCSR: often as after a reset, else any rounding, with some exceptions not masked.</summary>
    public static uint Mxcsr(CaseRandom random)
    {
        if (random.Percent(40))
            return FpuRegisters.InitialMxcsr;

        uint masks = random.Percent(75) ? 0x1F80 : (uint)random.Next() & 0x1F80;
        uint others = (uint)random.Next() & (random.Percent(60) ? 0x6000u : 0xE07F);
        return masks | others;
    }

    /// <summary>Any bits, of which MXCSR has only some.</summary>
    public static uint AnyMxcsr(CaseRandom random)
    {
        var any = (uint)random.Next();

        // Bit 17 is AMD's, for operands that are not aligned: such a host takes what the machine, which lacks it, refuses. With
        // another bit that is not there both refuse.
        return any >> 16 == 1 << 1 ? (ushort)any : any;
    }

    private static ulong Edge(CaseRandom random, int width)
    {
        ulong mask = ulong.MaxValue >> (64 - width);
        ulong power = 1UL << random.Below(width);
        return mask & random.Below(10) switch
        {
            0 => 0,
            1 => 1,
            2 => ulong.MaxValue,
            3 => 1UL << (width - 1),
            4 => (1UL << (width - 1)) - 1,
            5 => power,
            6 => power - 1,
            7 => ~power,
            8 => (ulong)random.Below(64),
            _ => random.Next(),
        };
    }

    private static ulong Single(CaseRandom random) => random.Below(8) switch
    {
        < 4 => random.Pick<uint>(Singles),
        4 => (uint)random.Next(),
        5 => BitConverter.SingleToUInt32Bits(random.Between(-70000, 70000) * 0.25f),
        6 => random.Pick<uint>(Singles) ^ (uint)(random.Next() & 0x8000_0007),
        _ => 0x3F00_0000 + ((uint)random.Next() & 0x81FF_FFFF),
    };

    private static ulong Double(CaseRandom random) => random.Below(8) switch
    {
        < 4 => random.Pick<ulong>(Doubles),
        4 => random.Next(),
        5 => BitConverter.DoubleToUInt64Bits(random.Between(-70000, 70000) * 0.25),
        6 => random.Pick<ulong>(Doubles) ^ (random.Next() & 0x8000_0000_2000_0007),
        _ => 0x3FE0_0000_0000_0000 + (random.Next() & 0x803F_FFFF_FFFF_FFFF),
    };

    private static void Fill(Span<byte> bytes, int size, Func<int, ulong> make)
    {
        Span<byte> value = stackalloc byte[8];
        for (int offset = 0; offset < bytes.Length; offset += size)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(value, make(offset));
            value[..size].CopyTo(bytes[offset..]);
        }
    }
}
