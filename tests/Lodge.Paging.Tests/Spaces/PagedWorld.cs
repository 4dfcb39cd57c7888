using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Physical memory, tables of some format in it, and the memory that they define.</summary>
internal sealed class PagedWorld : IDisposable
{
    /// <summary>How much physical memory there is.</summary>
    public const ulong Size = 8 << 20;

    /// <summary>Where the frames of tables end, and nobody's memory begins.</summary>
    public const ulong Data = 2 << 20;

    public PagedWorld(string format, PagedMemoryOptions? options = null)
        : this(FormatCases.Get(format).Format, options)
    {
    }

    public PagedWorld(PageTableFormat format, PagedMemoryOptions? options = null, RegionOptions? region = null)
    {
        Memory = GuestMemory.Anonymous(Size, region);
        var frames = new FrameAllocator(new GuestRange(0, Data));
        Untold = new PageTableEditor(Memory, format, frames);
        Space = new PagedMemory(Memory, TranslationRegime.Of(Untold.Table), options);
        Editor = PageTableEditor.Open(Memory, Untold.Table, frames, new PageTableEditorOptions { Tlbs = [Space] });
        int middle = format.InputBits - (format.AddressForm == AddressForm.SignExtended ? 1 : 2);
        Base = NaiveTables.Extend(format, 1UL << middle);
    }

    /// <summary>Formats that differ in what addresses and pages they have.</summary>
    public static TheoryData<string> Formats =>
    [
        "x64 4 levels", "x64 5 levels", "ept 4 levels", "riscv Sv39", "riscv Sv57x4",
        "aarch64 stage 1, Size4K, 39 bits, upper, TBI, 40 out",
        "aarch64 stage 1, Size16K, 48 bits",
        "aarch64 stage 1, Size64K, wide, upper, HA HD",
        "aarch64 stage 2, Size4K, 40 bits",
    ];

    public GuestMemory Memory { get; }

    /// <summary>The editor that tells the memory of its changes.</summary>
    public PageTableEditor Editor { get; }

    /// <summary>The editor that does not.</summary>
    public PageTableEditor Untold { get; }

    public PagedMemory Space { get; }

    /// <summary>An address that many tables begin at, in the upper half where there is one.</summary>
    public ulong Base { get; }

    public PageTableFormat Format => Editor.Table.Format;

    public ulong PageBytes => Format.PageSize.Bytes;

    public void Map(ulong address, ulong target, MemoryAccess access, ulong pages = 1)
        => Editor.Map(new GuestRange(address, pages * PageBytes), target, access);

    public void Dispose() => Memory.Dispose();
}
