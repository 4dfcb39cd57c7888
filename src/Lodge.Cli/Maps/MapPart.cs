using Spectre.Console;

namespace Lodge.Cli;

/// <summary>A part of a sandbox's memory, as it is drawn.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Letter">Stands for its pages where there are no colours.</param>
/// <param name="Color">Stands for its pages where there are.</param>
/// <param name="Range">Where it lies: guest-virtual where there is a <paramref name="Target"/>, else guest-physical.</param>
/// <param name="Access">What the guest may do.</param>
/// <param name="Target">Where its first page leads, guest-physical.</param>
internal sealed record MapPart(
    string Name, char Letter, Color Color, GuestRange Range, MemoryAccess Access, GuestAddress? Target = null)
{
    /// <summary>Whether its pages are copied when the guest writes to them.</summary>
    public bool IsCopiedWhenWritten { get; init; }

    /// <summary>The first page that begins in it. A buffer may end inside of a page, which counts as its own.</summary>
    public ulong FirstPage => Range.Start.Value == 0 ? 0 : ((Range.Start.Value - 1) / SandboxLayout.PageBytes) + 1;

    /// <summary>How many pages begin in it.</summary>
    public ulong Pages => Range.Length == 0
        ? 0
        : ((Range.Start.Value + (Range.Length - 1)) / SandboxLayout.PageBytes) + 1 - FirstPage;
}
