using System.Globalization;

namespace Lodge.Memory.Tests;

/// <summary>The mappings of this process at one moment, as <c>/proc/self/maps</c> has them.</summary>
internal sealed class AddressSpaceMap
{
    private readonly List<(ulong Start, ulong End, string Rights, string Path)> _lines = [];

    private AddressSpaceMap()
    {
        foreach (string line in File.ReadLines("/proc/self/maps"))
        {
            string[] fields = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
            string[] ends = fields[0].Split('-');
            _lines.Add((Hex(ends[0]), Hex(ends[1]), fields[1], fields.Length > 5 ? fields[5] : ""));
        }
    }

    public static AddressSpaceMap Read() => new();

    /// <summary>The rights of the mapping that an address lies in, as <c>rw-p</c>; nothing where there is none.</summary>
    public string? RightsAt(nint address) => _lines.Find(line => Holds(line, address)).Rights;

    /// <summary>What the mapping that an address lies in is of; nothing where there is none.</summary>
    public string? PathAt(nint address) => _lines.Find(line => Holds(line, address)).Path;

    private static bool Holds((ulong Start, ulong End, string, string) line, nint address)
        => (ulong)address >= line.Start && (ulong)address < line.End;

    private static ulong Hex(string digits) => ulong.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
