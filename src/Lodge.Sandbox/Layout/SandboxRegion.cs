using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Lodge.Sandbox;

/// <summary>A part of a sandbox's memory.</summary>
/// <param name="Kind">What it is for.</param>
/// <param name="Range">Where it lies, in guest-physical addresses.</param>
/// <param name="Access">What the guest's mappings of it allow at first; what is writable is copied to scratch when it is
/// written.</param>
public readonly record struct SandboxRegion(SandboxRegionKind Kind, GuestRange Range, MemoryAccess Access)
{
    /// <summary>As in <c>heap 0x9000-0x29000 rw-</c>, the second address being the first that is not in it.</summary>
    public override string ToString()
        => string.Create(
            CultureInfo.InvariantCulture,
            $"{Name} 0x{Range.Start.Value:x}-0x{Range.Start.Value + Range.Length:x} {Letters(Access)}");

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <returns>Whether the text is a region.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out SandboxRegion region)
    {
        region = default;
        string[] words = text?.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        if (words.Length != 3 || words[1].Split('-') is not [string first, string end])
            return false;

        // The end of a region that has the last address is 2^64, which prints as 0.
        if (!TryParseKind(words[0], out SandboxRegionKind kind) || !TryParseLetters(words[2], out MemoryAccess access)
            || !TryParseAddress(first, out ulong start) || !TryParseAddress(end, out ulong after)
            || (after < start && after != 0))
        {
            return false;
        }

        region = new SandboxRegion(kind, new GuestRange(start, unchecked(after - start)), access);
        return true;
    }

    /// <summary>As in <c>rw-</c>.</summary>
    public static string Letters(MemoryAccess access)
        => string.Create(3, access, static (letters, access) =>
        {
            letters[0] = (access & MemoryAccess.Read) != 0 ? 'r' : '-';
            letters[1] = (access & MemoryAccess.Write) != 0 ? 'w' : '-';
            letters[2] = (access & MemoryAccess.Execute) != 0 ? 'x' : '-';
        });

    private string Name => Kind.ToString().ToLowerInvariant();

    private static bool TryParseLetters(string text, out MemoryAccess access)
    {
        for (access = MemoryAccess.None; access <= MemoryAccess.All; access++)
        {
            if (Letters(access) == text)
                return true;
        }

        return false;
    }

    private static bool TryParseKind(string text, out SandboxRegionKind kind)
    {
        kind = default;
        return text.All(char.IsAsciiLetter) && Enum.TryParse(text, ignoreCase: true, out kind);
    }

    private static bool TryParseAddress(string text, out ulong address)
    {
        address = 0;
        return text.StartsWith("0x", StringComparison.Ordinal)
            && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out address);
    }
}
