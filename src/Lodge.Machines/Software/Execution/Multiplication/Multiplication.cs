using static Lodge.Machines.ControlBits;

namespace Lodge.Machines;

/// <summary>What multiplications and divisions have in common.</summary>
internal static class Multiplication
{
    /// <summary>The flags of a product whose upper half says something: CF and OF.</summary>
    public static void SetFlags<TSize>(Processor cpu, ulong low, bool isWide) where TSize : struct, IOperandSize
        => cpu.SetResult<TSize>(low, isWide ? FlagCarry | FlagOverflow : 0);

    /// <summary>RAX times a value, into RDX and RAX.</summary>
    public static void Wide<TSize>(Processor cpu, ulong value, bool isSigned) where TSize : struct, IOperandSize
    {
        byte accumulator = RegisterFile.OffsetOf(RegisterFile.Rax, TSize.Bytes);
        ulong a = TSize.Get(cpu, accumulator);
        if (TSize.Bytes == 8)
        {
            ulong high = Math.BigMul(a, value, out ulong low);
            if (isSigned)
                high -= ((ulong)((long)a >> 63) & value) + ((ulong)((long)value >> 63) & a);

            cpu[RegisterFile.Rax] = low;
            cpu[RegisterFile.Rdx] = high;
            SetFlags<TSize>(cpu, low, isSigned ? (long)high != (long)low >> 63 : high != 0);
            return;
        }

        int bits = 8 * TSize.Bytes;
        ulong product = isSigned ? (ulong)(TSize.SignExtend(a) * TSize.SignExtend(value)) : a * value;
        ulong lower = TSize.Truncate(product);
        bool isWide = isSigned ? TSize.SignExtend(lower) != (long)product : product >> bits != 0;
        if (TSize.Bytes == 1)
        {
            Size16.Set(cpu, RegisterFile.OffsetOf(RegisterFile.Rax, 2), product);
        }
        else
        {
            TSize.Set(cpu, accumulator, lower);
            TSize.Set(cpu, RegisterFile.OffsetOf(RegisterFile.Rdx, TSize.Bytes), TSize.Truncate(product >> bits));
        }

        SetFlags<TSize>(cpu, lower, isWide);
    }

    /// <summary>The lower half of a signed product, and the flags.</summary>
    public static ulong Signed<TSize>(Processor cpu, ulong a, ulong b) where TSize : struct, IOperandSize
    {
        if (TSize.Bytes == 8)
        {
            long high = Math.BigMul((long)a, (long)b, out long low);
            SetFlags<TSize>(cpu, (ulong)low, high != low >> 63);
            return (ulong)low;
        }

        long product = TSize.SignExtend(a) * TSize.SignExtend(b);
        ulong lower = TSize.Truncate((ulong)product);
        SetFlags<TSize>(cpu, lower, TSize.SignExtend(lower) != product);
        return lower;
    }

    /// <summary>RDX and RAX divided by a value.</summary>
    /// <returns>False where the quotient does not fit, or the divisor is zero.</returns>
    public static bool TryDivide<TSize>(Processor cpu, ulong divisor, bool isSigned) where TSize : struct, IOperandSize
    {
        if (divisor == 0)
            return false;

        byte accumulator = RegisterFile.OffsetOf(RegisterFile.Rax, TSize.Bytes);
        byte data = RegisterFile.OffsetOf(RegisterFile.Rdx, TSize.Bytes);
        ulong low = TSize.Get(cpu, accumulator);
        if (TSize.Bytes == 8)
            return TryDivideWide(cpu, cpu[RegisterFile.Rdx], low, divisor, isSigned);

        int bits = 8 * TSize.Bytes;
        ulong dividend = TSize.Bytes == 1
            ? Size16.Get(cpu, RegisterFile.OffsetOf(RegisterFile.Rax, 2))
            : (TSize.Get(cpu, data) << bits) | low;
        ulong quotient;
        ulong remainder;
        if (isSigned)
        {
            long signed = (long)(dividend << (64 - (2 * bits))) >> (64 - (2 * bits));
            long by = TSize.SignExtend(divisor);

            // The one quotient that long itself has no room for.
            if (by == -1 && signed == long.MinValue)
                return false;

            long result = signed / by;
            if (TSize.SignExtend((ulong)result) != result)
                return false;

            quotient = (ulong)result;
            remainder = (ulong)(signed % by);
        }
        else
        {
            quotient = dividend / divisor;
            if (quotient >> bits != 0)
                return false;

            remainder = dividend % divisor;
        }

        if (TSize.Bytes == 1)
        {
            Size16.Set(cpu, RegisterFile.OffsetOf(RegisterFile.Rax, 2), (byte)quotient | ((ulong)(byte)remainder << 8));
            return true;
        }

        TSize.Set(cpu, accumulator, TSize.Truncate(quotient));
        TSize.Set(cpu, data, TSize.Truncate(remainder));
        return true;
    }

    private static bool TryDivideWide(Processor cpu, ulong high, ulong low, ulong divisor, bool isSigned)
    {
        if (!isSigned)
        {
            if (high >= divisor)
                return false;

            if (high == 0)
            {
                (cpu[RegisterFile.Rax], cpu[RegisterFile.Rdx]) = Math.DivRem(low, divisor);
                return true;
            }

            (UInt128 quotient, UInt128 remainder) = UInt128.DivRem(new UInt128(high, low), divisor);
            cpu[RegisterFile.Rax] = (ulong)quotient;
            cpu[RegisterFile.Rdx] = (ulong)remainder;
            return true;
        }

        if ((long)high == (long)low >> 63 && !((long)low == long.MinValue && (long)divisor == -1))
        {
            (long quotient, long remainder) = Math.DivRem((long)low, (long)divisor);
            cpu[RegisterFile.Rax] = (ulong)quotient;
            cpu[RegisterFile.Rdx] = (ulong)remainder;
            return true;
        }

        var dividend = (Int128)new UInt128(high, low);

        // The one quotient that Int128 itself has no room for.
        if (dividend == Int128.MinValue && (long)divisor == -1)
            return false;

        (Int128 wide, Int128 rest) = Int128.DivRem(dividend, (long)divisor);
        if (wide != (long)wide)
            return false;

        cpu[RegisterFile.Rax] = (ulong)(long)wide;
        cpu[RegisterFile.Rdx] = (ulong)(long)rest;
        return true;
    }
}
