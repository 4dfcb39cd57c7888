using System.Numerics;
using System.Runtime.CompilerServices;
using static Lodge.Machines.ControlBits;

namespace Lodge.Machines;

/// <content>The arithmetic flags: kept as what they come from, computed when somebody asks.</content>
internal sealed unsafe partial class Processor
{
    private ulong _flagsA;
    private ulong _flagsB;
    private ulong _flagsResult;
    private uint _flagsState;

    // RFLAGS without the arithmetic flags.
    private ulong _systemFlags;

    /// <summary>RFLAGS.</summary>
    internal ulong Rflags
    {
        get => _systemFlags | ArithmeticFlags | FlagFixed;
        set
        {
            SetKnown(value);
            _systemFlags = value & WritableFlags & ~ControlBits.ArithmeticFlags;
        }
    }

    /// <summary>DF, IF, IOPL and what else is not arithmetic.</summary>
    internal ulong SystemFlags => _systemFlags;

    /// <summary>CF, PF, AF, ZF, SF and OF.</summary>
    internal ulong ArithmeticFlags
    {
        get
        {
            if (_flagsState == (uint)FlagsKind.Known)
                return _flagsB;

            return SignZeroParity() | CarryAdjustOverflow();
        }
    }

    /// <summary>Whether CF is set, as 0 or 1.</summary>
    internal ulong Carry
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            // A borrow's carry is computed from what comes with it; the others' are a comparison.
            if ((_flagsState & ~3u) == (uint)FlagsKind.Subtract)
                return _flagsA < _flagsB ? 1UL : 0;

            return CarryOfOthers();
        }
    }

    // What RFLAGS can hold: TF, IF, DF, IOPL, NT, AC, ID and the arithmetic flags. RF is in the frames of faults only: it says
    // that the next instruction meets no breakpoint of the debug registers, which nobody watches, and is clear behind that.
    private const ulong WritableFlags = ControlBits.ArithmeticFlags | FlagTrap | FlagInterrupt | FlagDirection | FlagIoPrivilege
        | FlagNestedTask | FlagAlignmentCheck | FlagIdentification;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void SetFlags<TSize>(FlagsKind kind, ulong a, ulong b, ulong result) where TSize : IOperandSize
    {
        _flagsA = a;
        _flagsB = b;
        _flagsResult = result;
        _flagsState = (uint)kind | (uint)TSize.Log;
    }

    /// <summary>ZF, SF and PF come from the result; CF, AF and OF are given.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void SetResult<TSize>(ulong result, ulong carryAdjustOverflow = 0) where TSize : IOperandSize
    {
        _flagsB = carryAdjustOverflow;
        _flagsResult = result;
        _flagsState = (uint)FlagsKind.Result | (uint)TSize.Log;
    }

    /// <summary>Sets all of the arithmetic flags.</summary>
    internal void SetKnown(ulong flags)
    {
        _flagsB = flags & ControlBits.ArithmeticFlags;
        _flagsState = (uint)FlagsKind.Known;
    }

    /// <summary>Replaces CF and OF and leaves the others.</summary>
    internal void ReplaceCarryOverflow(ulong carryOverflow)
    {
        if (_flagsState == (uint)FlagsKind.Known)
        {
            _flagsB = (_flagsB & ~(FlagCarry | FlagOverflow)) | carryOverflow;
            return;
        }

        _flagsB = (CarryAdjustOverflow() & FlagAdjust) | carryOverflow;
        _flagsState = (uint)FlagsKind.Result | (_flagsState & 3);
    }

    /// <summary>Replaces CF and leaves the others.</summary>
    internal void ReplaceCarry(ulong carry)
        => SetKnown((ArithmeticFlags & ~FlagCarry) | (carry & 1));

    /// <summary>Replaces ZF and leaves the others.</summary>
    internal void ReplaceZero(bool isZero)
        => SetKnown((ArithmeticFlags & ~FlagZero) | (isZero ? FlagZero : 0));

    /// <summary>Replaces flags other than the arithmetic ones.</summary>
    internal void SetSystemFlags(ulong flags) => _systemFlags = flags & WritableFlags & ~ControlBits.ArithmeticFlags;

    /// <summary>Whether a condition of <c>jcc</c>, <c>setcc</c> and <c>cmovcc</c> holds.</summary>
    /// <param name="condition">The lowest four bits of the opcode.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool Holds(int condition)
    {
        if ((_flagsState & ~3u) == (uint)FlagsKind.Subtract)
        {
            int unused = 64 - (8 << (int)(_flagsState & 3));
            switch (condition)
            {
                case 0x2:
                    return _flagsA < _flagsB;
                case 0x3:
                    return _flagsA >= _flagsB;
                case 0x4:
                    return _flagsA == _flagsB;
                case 0x5:
                    return _flagsA != _flagsB;
                case 0x6:
                    return _flagsA <= _flagsB;
                case 0x7:
                    return _flagsA > _flagsB;
                case 0xC:
                    return (long)(_flagsA << unused) < (long)(_flagsB << unused);
                case 0xD:
                    return (long)(_flagsA << unused) >= (long)(_flagsB << unused);
                case 0xE:
                    return (long)(_flagsA << unused) <= (long)(_flagsB << unused);
                case 0xF:
                    return (long)(_flagsA << unused) > (long)(_flagsB << unused);
            }
        }
        else if (_flagsState != (uint)FlagsKind.Known)
        {
            if (condition == 0x4)
                return _flagsResult == 0;
            if (condition == 0x5)
                return _flagsResult != 0;
        }

        return HoldsByFlags(condition);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool HoldsByFlags(int condition)
    {
        ulong flags = ArithmeticFlags;
        bool sign = (flags & FlagSign) != 0;
        bool overflow = (flags & FlagOverflow) != 0;
        bool holds = (condition >> 1) switch
        {
            0 => overflow,
            1 => (flags & FlagCarry) != 0,
            2 => (flags & FlagZero) != 0,
            3 => (flags & (FlagCarry | FlagZero)) != 0,
            4 => sign,
            5 => (flags & FlagParity) != 0,
            6 => sign != overflow,
            _ => sign != overflow || (flags & FlagZero) != 0,
        };
        return holds ^ ((condition & 1) != 0);
    }

    private ulong SignZeroParity()
    {
        int top = (8 << (int)(_flagsState & 3)) - 1;
        ulong flags = ((_flagsResult >> top) & 1) * FlagSign;
        if (_flagsResult == 0)
            flags |= FlagZero;

        return (BitOperations.PopCount((byte)_flagsResult) & 1) == 0 ? flags | FlagParity : flags;
    }

    private ulong CarryAdjustOverflow()
    {
        int top = (8 << (int)(_flagsState & 3)) - 1;
        ulong a = _flagsA;
        ulong b = _flagsB;
        ulong result = _flagsResult;
        ulong carries;
        ulong overflows;
        switch ((FlagsKind)(_flagsState & ~3u))
        {
            case FlagsKind.Known:
                return b & (FlagCarry | FlagAdjust | FlagOverflow);
            case FlagsKind.Result:
                return b;
            case FlagsKind.Add:
                carries = (a & b) | ((a | b) & ~result);
                overflows = (a ^ result) & (b ^ result);
                break;
            case FlagsKind.Subtract or FlagsKind.Borrow:
                carries = (~a & b) | (~(a ^ b) & result);
                overflows = (a ^ b) & (a ^ result);
                break;
            case FlagsKind.Increment:
                return b | (((result & 0xF) == 0) ? FlagAdjust : 0) | (result == 1UL << top ? FlagOverflow : 0);
            default:
                return b | (((result & 0xF) == 0xF) ? FlagAdjust : 0) | (result == (1UL << top) - 1 ? FlagOverflow : 0);
        }

        return ((carries >> top) & 1) | ((a ^ b ^ result) & FlagAdjust) | (((overflows >> top) & 1) * FlagOverflow);
    }

    private ulong CarryOfOthers() => CarryAdjustOverflow() & FlagCarry;
}
