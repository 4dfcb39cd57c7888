using System.Globalization;
using System.Text.RegularExpressions;
using Lodge.Paging;

namespace Lodge.EndToEnd.Tests;

/// <summary>What <c>info registers</c> prints.</summary>
internal static partial class RegisterList
{
    // What QEMU gives a processor that it emulates in software.
    private const int PhysicalAddressBits = 40;

    /// <summary>Reads the registers that say how addresses are translated.</summary>
    /// <remarks>The PAT is not printed, and taken for that of a processor that was just reset: its two halves are the same, so
    /// that the bits that are listed of a page decide its memory type.</remarks>
    /// <exception cref="KeyNotFoundException">A register is missing.</exception>
    public static X64Registers Parse(string text)
    {
        var values = Assignment().Matches(text).ToDictionary(
            match => match.Groups["name"].Value,
            match => ulong.Parse(match.Groups["value"].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        return new X64Registers
        {
            Cr0 = values["CR0"],
            Cr3 = values["CR3"],
            Cr4 = values["CR4"],
            Efer = values["EFER"],
            Rflags = values["RFL"],
            PhysicalAddressBits = PhysicalAddressBits,
        };
    }

    [GeneratedRegex(@"\b(?<name>CR0|CR3|CR4|EFER|RFL)\s*=\s*(?<value>[0-9a-fA-F]+)")]
    private static partial Regex Assignment();
}
