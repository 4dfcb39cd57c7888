namespace Lodge.Machines;

/// <summary>Blocks that were compiled to one method, which is entered at the first of them.</summary>
/// <remarks>It belongs to the code, and not to a processor: that is its argument.</remarks>
internal sealed class CompiledRegion
{
    public CompiledRegion(CodeBlock head, RegionPage[] pages, int longestPath)
    {
        Head = head;
        Pages = pages;
        LongestPath = longestPath;
    }

    /// <summary>The block that it begins with.</summary>
    public CodeBlock Head { get; }

    /// <summary>The pages that its code lies on, if they are more than that of its head.</summary>
    public RegionPage[] Pages { get; }

    /// <summary>More instructions than are executed between two looks at whether the processor is to look up from its
    /// work.</summary>
    public int LongestPath { get; }

    /// <summary>Instructions for which the interpreter's code is called, and those that access memory.</summary>
    public MicroOp[] Ops { get; set; } = [];

    /// <summary>The compiled code. It returns <see cref="BlockExit.Jumped"/> or <see cref="BlockExit.Stopped"/>.</summary>
    public CompiledCode? Code { get; set; }

    /// <summary>Whether it was entered since somebody last asked; see <see cref="CompiledRegions"/>.</summary>
    public bool WasUsed { get; set; }
}
