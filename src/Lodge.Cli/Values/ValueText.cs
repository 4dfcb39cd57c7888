using System.Globalization;
using System.Text.RegularExpressions;

namespace Lodge.Cli;

/// <summary>Values as they stand on a command line: with a prefix that names their type, or as what they look like.</summary>
internal static partial class ValueText
{
    /// <summary>Reads a value.</summary>
    /// <exception cref="UsageException">It is not of the type that its prefix says.</exception>
    /// <exception cref="IOException">A file that it names cannot be read.</exception>
    public static GuestValue Parse(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string rest = colon < 0 ? text : text[(colon + 1)..];
        return (colon < 0 ? "" : text[..colon]) switch
        {
            "int" => Int(rest),
            "uint" => UInt(rest),
            "long" => Long(rest),
            "ulong" => ULong(rest),
            "float" => Float(rest),
            "double" => Double(rest),
            "bool" => Bool(rest),
            "string" => rest.StartsWith('@') ? ValueFiles.ReadText(rest[1..]) : rest,
            "bytes" => Bytes(rest),
            _ => Infer(text),
        };
    }

    private static GuestValue Infer(string text)
    {
        if (text is "true" or "false")
            return text == "true";

        if (IntegerPattern().IsMatch(text))
        {
            if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int small))
                return small;

            return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long large)
                ? large
                : throw new UsageException($"{text} does not fit into a long: ulong:{text} or string:{text} says what it is.");
        }

        if (!DecimalPattern().IsMatch(text))
            return text;

        var value = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (double.IsFinite(value))
            return value;

        string infinity = value < 0 ? "-Infinity" : "Infinity";
        throw new UsageException($"{text} does not fit into a double: double:{infinity} or string:{text} says what it is.");
    }

    private static GuestValue Int(string text)
        => TryReadHex(text, out ulong bits) && bits <= int.MaxValue ? (int)bits
            : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) ? value
            : throw Wrong(text, "an int", $"{int.MinValue} to {int.MaxValue}");

    private static GuestValue UInt(string text)
        => TryReadHex(text, out ulong bits) && bits <= uint.MaxValue ? (uint)bits
            : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint value) ? value
            : throw Wrong(text, "a uint", $"0 to {uint.MaxValue}");

    private static GuestValue Long(string text)
        => TryReadHex(text, out ulong bits) && bits <= long.MaxValue ? (long)bits
            : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value
            : throw Wrong(text, "a long", $"{long.MinValue} to {long.MaxValue}");

    private static GuestValue ULong(string text)
        => TryReadHex(text, out ulong bits) ? bits
            : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) ? value
            : throw Wrong(text, "a ulong", $"0 to {ulong.MaxValue}");

    private static GuestValue Float(string text)
        => float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value)
            && (float.IsFinite(value) || !HasDigits(text))
            ? value
            : throw Wrong(text, "a float", $"such as 1.5, at most {float.MaxValue}; also NaN and Infinity");

    private static GuestValue Double(string text)
        => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            && (double.IsFinite(value) || !HasDigits(text))
            ? value
            : throw Wrong(text, "a double", $"such as 1.5, at most {double.MaxValue}; also NaN and Infinity");

    private static GuestValue Bool(string text)
        => text is "true" or "false" ? text == "true" : throw Wrong(text, "a bool", "true or false");

    private static GuestValue Bytes(string text)
    {
        if (text.StartsWith('@'))
            return ValueFiles.ReadBytes(text[1..]);

        if (!text.StartsWith("0x", StringComparison.Ordinal))
            throw Wrong(text, "bytes", "0xCAFE in hexadecimal, or @FILE");

        try
        {
            return Convert.FromHexString(text.AsSpan(2));
        }
        catch (FormatException)
        {
            throw Wrong(text, "bytes", "0x and an even number of hexadecimal digits");
        }
    }

    private static bool TryReadHex(string text, out ulong value)
    {
        value = 0;
        return text.StartsWith("0x", StringComparison.Ordinal)
            && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    private static bool HasDigits(string text) => text.AsSpan().ContainsAnyInRange('0', '9');

    private static UsageException Wrong(string text, string type, string wanted)
        => new($"\"{text}\" is not {type}: {wanted}.");

    [GeneratedRegex(@"^-?[0-9]+\z")]
    private static partial Regex IntegerPattern();

    [GeneratedRegex(@"^-?[0-9]+(\.[0-9]+([eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)\z")]
    private static partial Regex DecimalPattern();
}
