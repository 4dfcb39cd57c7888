using System.Globalization;
using System.Text;

namespace Lodge.Cli;

/// <summary>Text that a guest may have written, made so that a terminal only shows it: what would move the cursor, change
/// colours or the order of letters is spelled out.</summary>
internal static class SafeText
{
    /// <summary>Text for one line.</summary>
    public static string Line(string text) => Of(text, keepsLines: false);

    /// <summary>Text that keeps its lines and tabs.</summary>
    public static string Lines(string text) => Of(text, keepsLines: true);

    private static string Of(string text, bool keepsLines)
    {
        int first = 0;
        while (first < text.Length && IsPlain(text[first], keepsLines))
            first++;

        if (first == text.Length)
            return text;

        var safe = new StringBuilder(text, 0, first, text.Length + 16);
        foreach (char letter in text.AsSpan(first))
        {
            if (IsPlain(letter, keepsLines))
                safe.Append(letter);
            else if (letter is '\n' or '\t')
                safe.Append(letter == '\n' ? "\\n" : "\\t");
            else
                safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
        }

        return safe.ToString();
    }

    private static bool IsPlain(char letter, bool keepsLines)
        => letter is >= ' ' and <= '~'
            || (letter is '\n' or '\t' ? keepsLines : CharUnicodeInfo.GetUnicodeCategory(letter)
                is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                    or UnicodeCategory.ParagraphSeparator));
}
