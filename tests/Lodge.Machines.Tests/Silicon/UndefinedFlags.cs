using Iced.Intel;

namespace Lodge.Machines.Tests.Silicon;

/// <summary>The flags of which the manuals say that they are undefined after an instruction.</summary>
internal static class UndefinedFlags
{
    /// <summary>The flags that an instruction leaves undefined.</summary>
    /// <param name="instruction">The instruction.</param>
    /// <param name="cl">CL, where it is known: it decides for shifts. Without it, all that may be undefined.</param>
    public static ulong After(in Instruction instruction, byte? cl)
        => IsShift(instruction.Mnemonic) ? AfterShift(instruction, Count(instruction, cl)) : Mask(instruction.RflagsUndefined);

    /// <summary>Whether it may leave all flags as they were, though it says that it modifies them: a count may be 0.</summary>
    public static bool MayLeaveAll(in Instruction instruction)
        => instruction.HasRepPrefix || instruction.HasRepnePrefix
            || (IsShift(instruction.Mnemonic) && Count(instruction, null) is null or 0);

    /// <summary>Whether a double shift goes further than its operand is long, so that nothing of its result is defined.</summary>
    public static bool IsShiftTooLong(in Instruction instruction, byte cl)
        => instruction.Mnemonic is Mnemonic.Shld or Mnemonic.Shrd && Count(instruction, cl) > OperandBits(instruction);

    public static ulong Mask(RflagsBits bits)
    {
        ulong mask = 0;
        mask |= (bits & RflagsBits.CF) != 0 ? ControlBits.FlagCarry : 0;
        mask |= (bits & RflagsBits.PF) != 0 ? ControlBits.FlagParity : 0;
        mask |= (bits & RflagsBits.AF) != 0 ? ControlBits.FlagAdjust : 0;
        mask |= (bits & RflagsBits.ZF) != 0 ? ControlBits.FlagZero : 0;
        mask |= (bits & RflagsBits.SF) != 0 ? ControlBits.FlagSign : 0;
        mask |= (bits & RflagsBits.OF) != 0 ? ControlBits.FlagOverflow : 0;
        mask |= (bits & RflagsBits.DF) != 0 ? ControlBits.FlagDirection : 0;
        return mask;
    }

    private static bool IsShift(Mnemonic mnemonic)
        => mnemonic is Mnemonic.Shl or Mnemonic.Sal or Mnemonic.Shr or Mnemonic.Sar or Mnemonic.Rol or Mnemonic.Ror
            or Mnemonic.Rcl or Mnemonic.Rcr or Mnemonic.Shld or Mnemonic.Shrd;

    private static ulong AfterShift(in Instruction instruction, int? count)
    {
        int bits = OperandBits(instruction);
        bool isRotation = instruction.Mnemonic is Mnemonic.Rol or Mnemonic.Ror or Mnemonic.Rcl or Mnemonic.Rcr;
        ulong always = isRotation ? 0 : ControlBits.FlagAdjust;
        return count switch
        {
            0 => 0,
            1 => always,
            _ when isRotation => ControlBits.FlagOverflow,
            _ when instruction.Mnemonic is Mnemonic.Shld or Mnemonic.Shrd && (count ?? int.MaxValue) > bits
                => ControlBits.ArithmeticFlags,
            _ when instruction.Mnemonic != Mnemonic.Sar && (count ?? int.MaxValue) >= bits
                => always | ControlBits.FlagOverflow | ControlBits.FlagCarry,
            _ => always | ControlBits.FlagOverflow,
        };
    }

    // The count as the processor takes it: its lowest five bits, or six with operands of 64 bits.
    private static int? Count(in Instruction instruction, byte? cl)
    {
        int last = instruction.OpCount - 1;
        int? count = instruction.GetOpKind(last) == OpKind.Register ? cl : instruction.Immediate8;
        return count & (OperandBits(instruction) == 64 ? 63 : 31);
    }

    private static int OperandBits(in Instruction instruction)
        => 8 * (instruction.Op0Kind == OpKind.Register ? instruction.Op0Register.GetSize() : instruction.MemorySize.GetSize());
}
