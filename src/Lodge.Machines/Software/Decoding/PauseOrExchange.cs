using Iced.Intel;

namespace Lodge.Machines;

/// <summary>The opcode 90 with the prefix F3 is <c>pause</c>, and with REX.B too it is <c>xchg</c> of R8, which decoders do not
/// know.</summary>
internal static class PauseOrExchange
{
    private const int RexMask = 0xF1;
    private const int RexWithB = 0x41;
    private const int RexW = 8;

    /// <summary>Corrects an instruction.</summary>
    /// <param name="instruction">The instruction, as it was decoded.</param>
    /// <param name="bytes">The bytes that it begins.</param>
    public static void Correct(ref Instruction instruction, ReadOnlySpan<byte> bytes)
    {
        if (instruction.Code != Code.Pause || instruction.Length < 3)
            return;

        byte rex = bytes[instruction.Length - 2];
        if ((rex & RexMask) != RexWithB)
            return;

        Instruction exchange = (rex & RexW) != 0
            ? Instruction.Create(Code.Xchg_r64_RAX, Register.R8, Register.RAX)
            : Instruction.Create(Code.Xchg_r32_EAX, Register.R8D, Register.EAX);
        exchange.Length = instruction.Length;
        exchange.IP = instruction.IP;
        instruction = exchange;
    }
}
