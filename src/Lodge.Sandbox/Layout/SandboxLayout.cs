using System.Collections.Immutable;

namespace Lodge.Sandbox;

/// <summary>Where everything lies in a sandbox: the one place that addresses come from.</summary>
/// <remarks>
/// <para>The layout is that of the Hyperlight guest ABI, 0.16 line. The image begins at 0x4000, at the same guest-physical and
/// guest-virtual address, in this order, each part in pages of its own:</para>
/// <code>
/// 0x4000   code | PEB | heap | init data | mapped files
/// </code>
/// <para>Scratch ends at guest-physical 64 GiB, and is mapped as a whole at the end of the guest-virtual addresses:</para>
/// <code>
/// input | output | page tables | pages that the guest takes ... | exception stack, bookkeeping
/// </code>
/// </remarks>
public sealed class SandboxLayout
{
    /// <summary>The size of a page in bytes. There are no others in a sandbox.</summary>
    public const ulong PageBytes = 4096;

    // What the guest may not take: the exception stack and the bookkeeping words.
    private const ulong PagesAtEnd = 2;

    // At least so many pages beside the buffers.
    private const ulong LeastOtherPages = 12;

    internal SandboxLayout(SandboxSizes sizes)
    {
        ulong start = SandboxAddresses.Image;
        Code = Next(ref start, sizes.Code, "binary");
        Peb = Next(ref start, PageBytes, "PEB");
        Heap = Next(ref start, sizes.Heap, "heap");
        InitData = Next(ref start, sizes.InitData, "init data");
        MappedFiles = PlaceFiles(ref start, sizes.MappedFiles);
        Image = new GuestRange(SandboxAddresses.Image, start - SandboxAddresses.Image);

        if (Math.Max(sizes.Input, sizes.Output) > SandboxSizes.MostBuffer)
        {
            throw new ArgumentException(
                $"A buffer has {Math.Max(sizes.Input, sizes.Output)} bytes, and {SandboxSizes.MostBuffer} is the most.");
        }

        ulong size = RoundUp(sizes.Scratch, "scratch");
        ulong least = LeastScratch(sizes.Input, sizes.Output);
        if (size < least)
        {
            throw new ArgumentException(
                $"Scratch has 0x{sizes.Scratch:x} bytes; with these buffers it needs at least 0x{least:x}, and room for tables.");
        }

        if (size > SandboxAddresses.ScratchEnd - start)
        {
            throw new ArgumentException(
                $"Scratch of 0x{size:x} bytes and an image that ends at 0x{start:x} do not both fit below 64 GiB.");
        }

        Scratch = new GuestRange(SandboxAddresses.ScratchEnd - size, size);
        Window = new GuestRange(SandboxAddresses.WindowEnd - size, size);
        Input = new GuestRange(Scratch.Start, sizes.Input);
        Output = new GuestRange(Scratch.Start + sizes.Input, sizes.Output);
        PageTables = (Output.Start + Output.Length).AlignUp(PageBytes);
        FreeEnd = SandboxAddresses.ScratchEnd - (PagesAtEnd * PageBytes);
        Sizes = sizes;
    }

    internal SandboxSizes Sizes { get; }

    /// <summary>All of the image.</summary>
    public GuestRange Image { get; }

    /// <summary>The binary.</summary>
    public GuestRange Code { get; }

    /// <summary>The block that tells the guest where things are.</summary>
    public GuestRange Peb { get; }

    /// <summary>The heap.</summary>
    public GuestRange Heap { get; }

    /// <summary>The init data; empty where there are none.</summary>
    public GuestRange InitData { get; }

    /// <summary>The files that are mapped, in the order in which they were added; each begins a page, and its range is as long
    /// as it is.</summary>
    public ImmutableArray<GuestRange> MappedFiles { get; }

    /// <summary>Scratch, guest-physical.</summary>
    public GuestRange Scratch { get; }

    /// <summary>Scratch, guest-virtual: writable, not executable.</summary>
    public GuestRange Window { get; }

    /// <summary>The buffer from the host to the guest, guest-physical.</summary>
    public GuestRange Input { get; }

    /// <summary>The buffer from the guest to the host, guest-physical.</summary>
    public GuestRange Output { get; }

    /// <summary>The root of the page tables, guest-physical; the others follow it.</summary>
    public GuestAddress PageTables { get; }

    /// <summary>The end of what the guest may take as pages, guest-physical.</summary>
    public GuestAddress FreeEnd { get; }

    /// <summary>The first address above the guest's exception stack, guest-virtual.</summary>
    public static GuestAddress ExceptionStackTop => SandboxAddresses.WindowEnd - Bookkeeping.Bytes;

    /// <summary>The parts of a fresh sandbox, by guest-physical address.</summary>
    public ImmutableArray<SandboxRegion> Regions
        => [.. ((SandboxRegion[])
        [
            new(SandboxRegionKind.Code, Code, MemoryAccess.ReadExecute),
            new(SandboxRegionKind.Peb, Peb, MemoryAccess.ReadWrite),
            new(SandboxRegionKind.Heap, Heap, MemoryAccess.ReadWrite),
            new(SandboxRegionKind.InitData, InitData, MemoryAccess.Read),
            .. MappedFiles.Select(static file => new SandboxRegion(
                SandboxRegionKind.MappedFile, new GuestRange(file.Start, RoundUp(file.Length)), MemoryAccess.ReadWrite)),
            new(SandboxRegionKind.Scratch, Scratch, MemoryAccess.ReadWrite),
        ]).Where(static region => region.Range.Length != 0)];

    /// <summary>Where an address of scratch is in the window.</summary>
    internal GuestAddress InWindow(GuestAddress physical) => Window.Start + (physical - Scratch.Start);

    /// <summary>Where a word of the bookkeeping lies, guest-physical.</summary>
    internal static GuestAddress WordAt(ulong distance) => SandboxAddresses.ScratchEnd - distance;

    internal static ulong LeastScratch(ulong input, ulong output)
        => RoundUp(input + output, "buffers") + (LeastOtherPages * PageBytes);

    private static ImmutableArray<GuestRange> PlaceFiles(ref ulong start, ImmutableArray<ulong> sizes)
    {
        var files = ImmutableArray.CreateBuilder<GuestRange>(sizes.Length);
        foreach (ulong size in sizes)
            files.Add(new GuestRange(Next(ref start, size, "mapped file").Start, size));

        return files.MoveToImmutable();
    }

    private static GuestRange Next(ref ulong start, ulong size, string what)
    {
        ulong rounded = RoundUp(size, what);
        if (rounded > SandboxAddresses.ScratchEnd - start)
            throw new ArgumentException($"The {what} of 0x{size:x} bytes does not fit below 64 GiB.");

        var range = new GuestRange(start, rounded);
        start += rounded;
        return range;
    }

    /// <summary>The bytes of whole pages.</summary>
    internal static ulong RoundUp(ulong size) => (size + PageBytes - 1) & ~(PageBytes - 1);

    private static ulong RoundUp(ulong size, string what)
        => size <= SandboxAddresses.ScratchEnd
            ? RoundUp(size)
            : throw new ArgumentException($"The {what} of 0x{size:x} bytes does not fit below 64 GiB.");
}
