using Spectre.Console;

namespace Lodge.Cli;

/// <summary>A part of a sandbox's memory, as it is drawn.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Letter">Stands for its pages where there are no colours.</param>
/// <param name="Color">Stands for its pages where there are.</param>
/// <param name="Range">Where it lies, guest-physical.</param>
/// <param name="Access">What the guest may do.</param>
internal sealed record MapPart(string Name, char Letter, Color Color, GuestRange Range, MemoryAccess Access)
{
    /// <summary>The first page that begins in it. A buffer may end inside of a page, which counts as its own.</summary>
    public ulong FirstPage => Up(Range.Start.Value);

    /// <summary>How many pages begin in it.</summary>
    public ulong Pages => Up(Range.Start.Value + Range.Length) - FirstPage;

    private static ulong Up(ulong address) => (address + SandboxLayout.PageBytes - 1) / SandboxLayout.PageBytes;
}
