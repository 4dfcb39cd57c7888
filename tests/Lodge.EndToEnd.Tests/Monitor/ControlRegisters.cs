using System.Globalization;
using System.Text.RegularExpressions;

namespace Lodge.EndToEnd.Tests;

/// <summary>The registers that say how addresses are translated.</summary>
internal sealed partial record ControlRegisters(ulong Cr0, ulong Cr3, ulong Cr4, ulong Efer)
{
    private const ulong FiveLevelsEnabled = 1 << 12;

    public PagingDepth Depth => (Cr4 & FiveLevelsEnabled) != 0 ? PagingDepth.FiveLevels : PagingDepth.FourLevels;

    /// <summary>Reads them from what <c>info registers</c> prints.</summary>
    public static ControlRegisters Parse(string text)
    {
        var values = Assignment().Matches(text).ToDictionary(
            match => match.Groups["name"].Value,
            match => ulong.Parse(match.Groups["value"].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        return new ControlRegisters(values["CR0"], values["CR3"], values["CR4"], values["EFER"]);
    }

    [GeneratedRegex(@"\b(?<name>CR0|CR3|CR4|EFER)\s*=\s*(?<value>[0-9a-fA-F]+)")]
    private static partial Regex Assignment();
}
