using System.Text;

namespace Lodge.Elf;

/// <summary>Names from files as text.</summary>
internal static class Text
{
    private const int LongestShown = 256;

    /// <summary>The text of a name. Bytes that are not UTF-8 become replacement characters.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    /// <summary>A name for a person's eyes: a hostile one can neither fill a screen nor command a terminal.</summary>
    public static string Printable(string name)
    {
        string shown = name.Length <= LongestShown ? name : $"{name.AsSpan(0, LongestShown)}…";
        return shown.Any(char.IsControl) ? string.Concat(shown.Select(letter => char.IsControl(letter) ? '?' : letter)) : shown;
    }
}
