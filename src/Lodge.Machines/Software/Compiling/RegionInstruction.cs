using Iced.Intel;

namespace Lodge.Machines;

/// <summary>An instruction of a region: as the decoder gives it, and as the interpreter executes it.</summary>
/// <param name="Code">The instruction.</param>
/// <param name="Op">The interpreter's form, as if it were a block of its own.</param>
/// <param name="EndsBlock">Whether the block ends with it.</param>
internal readonly record struct RegionInstruction(Instruction Code, MicroOp Op, bool EndsBlock)
{
    /// <summary>An instruction that was decoded.</summary>
    /// <param name="code">The instruction.</param>
    /// <param name="bytes">The bytes that it begins.</param>
    public static RegionInstruction From(Instruction code, ReadOnlySpan<byte> bytes)
    {
        PauseOrExchange.Correct(ref code, bytes);
        var op = new MicroOp { Length = (byte)code.Length };
        bool endsBlock = InstructionTranslator.Translate(code, ref op);
        return new RegionInstruction(code, op, endsBlock);
    }
}
