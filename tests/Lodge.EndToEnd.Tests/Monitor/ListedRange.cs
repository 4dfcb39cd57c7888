using System.Globalization;

namespace Lodge.EndToEnd.Tests;

/// <summary>A line of <c>info mem</c>: addresses without a gap whose rights, all levels taken together, are the same.</summary>
internal readonly record struct ListedRange(ulong Start, ulong Size, bool IsUser, bool IsWritable)
{
    /// <summary>Reads a line such as <c>00000000005e2000-00000000005e3000 0000000000001000 urw</c>.</summary>
    /// <exception cref="FormatException">The line is something else.</exception>
    public static ListedRange Parse(string line)
    {
        string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts is not [string bounds, string size, [char user, 'r', char writable]]
            || bounds.Split('-') is not [string start, _])
        {
            throw new FormatException($"Not a line of info mem: {line}");
        }

        return new ListedRange(Hexadecimal(start), Hexadecimal(size), user == 'u', writable == 'w');
    }

    private static ulong Hexadecimal(string text) => ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
