using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Lodge.Elf;

namespace Lodge.Sandbox;

/// <summary>Makes a guest's image of an ELF file that nobody vouches for.</summary>
/// <remarks>A guest is an x86-64 binary that is linked to an address, or position-independent and linked with itself
/// (<c>-static-pie</c>). Its segments keep their rights; pages that are to be written and executed are refused.</remarks>
internal static class GuestLoader
{
    // Of the note that names the version of the guest ABI.
    private const string VersionOwner = "Hyperlight";
    private const uint VersionType = 1;
    private const string VersionLine = "0.16.";
    private const int MostVersionBytes = 64;

    // Programs have about ten.
    private static readonly ElfLimits Limits = new() { MostProgramHeaders = 1024 };

    /// <exception cref="GuestBinaryException">The file is no guest.</exception>
    public static GuestImage Load(ReadOnlyMemory<byte> file, long mostBytes)
    {
        try
        {
            using ElfFile elf = ElfFile.FromBytes(file, Limits);
            return Load(elf, file, mostBytes);
        }
        catch (ElfException problem)
        {
            throw new GuestBinaryException($"The guest's file cannot be loaded: {problem.Message}", problem);
        }
    }

    private static GuestImage Load(ElfFile elf, ReadOnlyMemory<byte> file, long mostBytes)
    {
        RequireKind(elf);
        RequireVersion(elf);
        if (!elf.TryGetLoadBounds(out ElfLoadBounds bounds))
            throw new GuestBinaryException("The guest's file has no segments to load.");

        if (elf.TryFindOverlap(out ElfSegment one, out ElfSegment other))
        {
            throw new GuestBinaryException(
                $"The guest's segments at 0x{one.VirtualAddress:x} and 0x{other.VirtualAddress:x} are in each other's way.");
        }

        // What is linked to an address stays there; what is not begins where images do.
        ulong slide = elf.Type == ElfType.Executable ? 0 : SandboxAddresses.Image - PageOf(bounds.First);
        ulong first = PageOf(bounds.First) + slide;
        ulong size = bounds.Last + slide - SandboxAddresses.Image + 1;
        if (elf.Type == ElfType.Executable && first < SandboxAddresses.Image)
        {
            throw new GuestBinaryException(
                $"The guest is linked to 0x{first:x}, and images begin at 0x{SandboxAddresses.Image:x}.");
        }

        long most = Math.Min(mostBytes, Array.MaxLength);
        if (size == 0 || size > (ulong)most)
        {
            throw new GuestBinaryException(
                $"The guest's segments take the addresses up to 0x{bounds.Last:x}: more than {most} bytes, which are allowed.");
        }

        var bytes = new byte[size];
        var rights = new MemoryAccess[(size + SandboxLayout.PageBytes - 1) / SandboxLayout.PageBytes];
        foreach (ElfSegment segment in elf.Segments)
        {
            if (segment.Type == ElfSegmentType.Load && segment.MemorySize != 0)
                LoadSegment(elf, segment, slide, bytes, rights);
        }

        Relocate(elf, slide, bytes);
        ulong entry = elf.Entry + slide;
        if (entry < SandboxAddresses.Image || entry - SandboxAddresses.Image >= size
            || (rights[(entry - SandboxAddresses.Image) / SandboxLayout.PageBytes] & MemoryAccess.Execute) == 0)
        {
            throw new GuestBinaryException($"The guest begins at 0x{elf.Entry:x}, where it has no code.");
        }

        return new GuestImage
        {
            Bytes = bytes,
            Entry = entry,
            Parts = PartsOf(rights),
            Symbols = new GuestSymbols(file, slide),
        };
    }

    private static void RequireKind(ElfFile elf)
    {
        if (elf.Machine != ElfMachine.X64)
            throw new GuestBinaryException($"The guest's file is for {elf.Machine}, and guests are for x86-64.");

        if (elf.Type is not (ElfType.Executable or ElfType.Shared))
            throw new GuestBinaryException($"The guest's file is of type {elf.Type}, and has to be an executable.");

        foreach (ElfSegment segment in elf.Segments)
        {
            if (segment.Type == ElfSegmentType.Interpreter)
                throw new GuestBinaryException("The guest's file needs a dynamic linker: link it with -static-pie.");
        }
    }

    private static void RequireVersion(ElfFile elf)
    {
        foreach (ElfNote note in elf.Notes)
        {
            if (note.Owner != VersionOwner || note.Type != VersionType)
                continue;

            ReadOnlySpan<byte> text = note.Content.Span[..Math.Min(note.Content.Length, MostVersionBytes)].TrimEnd((byte)0);
            string version = text.ContainsAnyExceptInRange((byte)'!', (byte)'~') ? "?" : Encoding.ASCII.GetString(text);
            if (!version.StartsWith(VersionLine, StringComparison.Ordinal))
            {
                throw new GuestBinaryException(
                    $"The guest was built for version {version} of the guest ABI, and this host speaks {VersionLine}x.");
            }
        }
    }

    private static void LoadSegment(ElfFile elf, in ElfSegment segment, ulong slide, byte[] bytes, MemoryAccess[] rights)
    {
        const ulong Page = SandboxLayout.PageBytes;
        ulong start = segment.VirtualAddress + slide - SandboxAddresses.Image;
        elf.ReadSegment(segment, 0, bytes.AsSpan((int)start, (int)segment.FileSize));

        // A page that no right is for stays away: the guest reads nothing of it.
        MemoryAccess access = AccessOf(segment.Flags);
        for (ulong page = start / Page; page <= (start + segment.MemorySize - 1) / Page; page++)
        {
            rights[page] |= access;
            if ((rights[page] & (MemoryAccess.Write | MemoryAccess.Execute)) == (MemoryAccess.Write | MemoryAccess.Execute))
            {
                throw new GuestBinaryException(
                    $"The guest wants to write and to execute the page at 0x{segment.VirtualAddress & ~(Page - 1):x}: "
                        + "link it with code and data in pages of their own (-z separate-code).");
            }
        }
    }

    private static void Relocate(ElfFile elf, ulong slide, byte[] bytes)
    {
        foreach (ElfRelocation relocation in elf.ReadRelocations())
        {
            if (relocation.Type == ElfRelocationType.None)
                continue;

            if (relocation.Type != ElfRelocationType.Relative)
            {
                throw new GuestBinaryException(
                    $"The guest has a relocation of type {relocation.Type} at 0x{relocation.Offset:x}; only relative ones are known, "
                        + $"of type {ElfRelocationType.Relative}, which -static-pie leaves.");
            }

            ulong at = relocation.Offset + slide - SandboxAddresses.Image;
            if (at > (ulong)bytes.Length || (ulong)bytes.Length - at < sizeof(ulong))
            {
                throw new GuestBinaryException(
                    $"The guest has a relocation at 0x{relocation.Offset:x}, outside of its segments.");
            }

            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan((int)at), unchecked((ulong)relocation.Addend + slide));
        }
    }

    private static ImmutableArray<(GuestRange Range, MemoryAccess Access)> PartsOf(MemoryAccess[] rights)
    {
        var parts = ImmutableArray.CreateBuilder<(GuestRange, MemoryAccess)>();
        for (int first = 0; first < rights.Length;)
        {
            int next = first + 1;
            while (next < rights.Length && rights[next] == rights[first])
                next++;

            if (rights[first] != MemoryAccess.None)
            {
                ulong start = SandboxAddresses.Image + ((ulong)first * SandboxLayout.PageBytes);
                parts.Add((new GuestRange(start, (ulong)(next - first) * SandboxLayout.PageBytes), rights[first]));
            }

            first = next;
        }

        return parts.ToImmutable();
    }

    // x86-64 has no page that can be written or executed and not be read.
    private static MemoryAccess AccessOf(ElfSegmentFlags flags)
        => (flags & (ElfSegmentFlags.Read | ElfSegmentFlags.Write | ElfSegmentFlags.Execute)) == 0
            ? MemoryAccess.None
            : MemoryAccess.Read
                | ((flags & ElfSegmentFlags.Write) != 0 ? MemoryAccess.Write : MemoryAccess.None)
                | ((flags & ElfSegmentFlags.Execute) != 0 ? MemoryAccess.Execute : MemoryAccess.None);

    private static ulong PageOf(ulong address) => address & ~(SandboxLayout.PageBytes - 1);
}
