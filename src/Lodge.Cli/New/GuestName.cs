namespace Lodge.Cli;

/// <summary>Names of new guests: names of files on every system, and words that make and a shell take as they are.</summary>
internal static class GuestName
{
    private const int MostLetters = 64;

    // What is a device on Windows, whatever stands behind the point. The same with a digit behind them: COM1, LPT9.
    private static readonly string[] Devices = ["CON", "PRN", "AUX", "NUL"];
    private static readonly string[] NumberedDevices = ["COM", "LPT"];

    /// <summary>Returns a name that can be used.</summary>
    /// <exception cref="UsageException">It cannot.</exception>
    public static string Require(string name)
    {
        bool isPlain = name.Length is > 0 and <= MostLetters && char.IsAsciiLetter(name[0])
            && name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');
        if (!isPlain)
        {
            throw new UsageException(
                $"\"{name}\" is no guest's name: a letter, then letters, digits, - and _, at most {MostLetters} of them.");
        }

        return IsDevice(name) ? throw new UsageException($"{name} names a device on Windows, and no file.") : name;
    }

    private static bool IsDevice(string name)
        => Devices.Contains(name, StringComparer.OrdinalIgnoreCase)
            || (name.Length == 4 && char.IsAsciiDigit(name[3])
                && NumberedDevices.Contains(name[..3], StringComparer.OrdinalIgnoreCase));
}
