using Iced.Intel;

namespace Lodge.Machines;

/// <content>SSE and SSE2.</content>
internal static unsafe partial class InstructionTranslator
{
    private static bool TryTranslateVector(in Instruction instruction, ref MicroOp op) => false;
}
