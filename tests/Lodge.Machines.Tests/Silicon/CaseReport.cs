using System.Globalization;
using System.Text;
using Iced.Intel;

namespace Lodge.Machines.Tests.Silicon;

/// <summary>A case as a person wants to see it: the code, what it began with, and where the outcomes differ.</summary>
internal static class CaseReport
{
    public static string Write(SiliconCase item, CaseOutcome expected, CaseOutcome? actual, IReadOnlyList<string> differences)
    {
        var text = new StringBuilder();
        WriteCode(text, item);
        WriteStart(text, item);
        text.AppendLine(CultureInfo.InvariantCulture, $"  processor: {Ending(expected)}");
        text.AppendLine(CultureInfo.InvariantCulture, $"  machine:   {(actual is null ? "-" : Ending(actual))}");
        foreach (string difference in differences)
            text.AppendLine(CultureInfo.InvariantCulture, $"  * {difference}");

        return text.ToString();
    }

    private static void WriteCode(StringBuilder text, SiliconCase item)
    {
        var formatter = new IntelFormatter();
        var output = new StringOutput();
        int offset = 0;
        foreach (Instruction instruction in item.Instructions)
        {
            formatter.Format(instruction, output);
            string bytes = Convert.ToHexString(item.Code, offset, Math.Min(instruction.Length, item.Code.Length - offset));
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"  0x{instruction.IP:x}  {bytes,-24} {output.ToStringAndReset()}   ({instruction.Code})");
            offset += instruction.Length;
        }
    }

    // All that is not zero, or as after a reset.
    private static void WriteStart(StringBuilder text, SiliconCase item)
    {
        ProcessorState start = item.Start;
        text.Append(CultureInfo.InvariantCulture, $"  RFLAGS 0x{start.Rflags:x}  MXCSR 0x{start.Fpu.Mxcsr:x}");
        for (int i = 0; i < 16; i++)
        {
            if (start.General[i] != 0)
                text.Append(CultureInfo.InvariantCulture, $"  {Register.RAX + i} 0x{start.General[i]:x}");
        }

        FpuRegisters fpu = start.Fpu;
        for (int i = 0; i < 16; i++)
        {
            if (fpu.Xmm[i] != 0)
                text.Append(CultureInfo.InvariantCulture, $"  XMM{i} 0x{fpu.Xmm[i]:x32}");
        }

        text.AppendLine();
        foreach (MemoryPatch patch in item.Patches)
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"  memory at 0x{SiliconLayout.DataStart + (ulong)patch.Offset:x}: {Convert.ToHexString(patch.Bytes)}");
        }
    }

    private static string Ending(CaseOutcome outcome) => outcome.Vector switch
    {
        CaseOutcome.Ended => string.Create(CultureInfo.InvariantCulture, $"ended at 0x{outcome.End.Rip:x}"),
        CaseOutcome.Endless => "did not end",
        _ => string.Create(
            CultureInfo.InvariantCulture,
            $"vector {outcome.Vector}, error 0x{outcome.ErrorCode:x}, address 0x{outcome.Address:x}, at 0x{outcome.End.Rip:x}"),
    };
}
