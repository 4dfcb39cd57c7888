using System.Text;

namespace Lodge.EndToEnd.Tests;

/// <summary>Writes a cpio archive in the <c>newc</c> format, which is what Linux unpacks as its first file system.</summary>
internal sealed class CpioArchive
{
    private const uint Directories = 0x4000;
    private const uint CharacterDevices = 0x2000;
    private const uint RegularFiles = 0x8000;
    private const uint ForEverybody = 0b111_101_101;
    private const uint ForTheOwner = 0b110_000_000;

    private readonly List<byte> _content = [];
    private uint _entries;

    public void AddDirectory(string path) => Add(path, Directories | ForEverybody, [], 0, 0);

    public void AddCharacterDevice(string path, uint major, uint minor)
        => Add(path, CharacterDevices | ForTheOwner, [], major, minor);

    public void AddProgram(string path, ReadOnlySpan<byte> content) => Add(path, RegularFiles | ForEverybody, content, 0, 0);

    /// <summary>Ends the archive.</summary>
    /// <returns>Its bytes.</returns>
    public byte[] Finish()
    {
        Add("TRAILER!!!", 0, [], 0, 0);
        return [.. _content];
    }

    private void Add(string path, uint mode, ReadOnlySpan<byte> content, uint deviceMajor, uint deviceMinor)
    {
        byte[] name = Encoding.ASCII.GetBytes(path + '\0');
        _entries++;
        _content.AddRange("070701"u8);

        // Number, mode, user, group, links, time, size, two of the file system, two of the device, length of the name, checksum.
        ReadOnlySpan<uint> fields =
            [_entries, mode, 0, 0, 1, 0, (uint)content.Length, 0, 0, deviceMajor, deviceMinor, (uint)name.Length, 0];
        foreach (uint field in fields)
            _content.AddRange(Encoding.ASCII.GetBytes($"{field:X8}"));

        _content.AddRange(name);
        Pad();
        _content.AddRange(content);
        Pad();
    }

    // Names and contents begin at multiples of four bytes.
    private void Pad() => _content.AddRange(new byte[-_content.Count & 3]);
}
