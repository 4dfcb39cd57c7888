namespace Lodge.Machines;

/// <summary>Instructions that are executed one after the other: up to a branch, the end of a page, or
/// <see cref="MostInstructions"/>.</summary>
/// <remarks>Shared by all processors that execute it: nothing in it belongs to one of them.</remarks>
internal sealed class CodeBlock
{
    /// <summary>The longest block. It bounds the stack where handlers call each other.</summary>
    public const int MostInstructions = 48;

    /// <summary>About what a block takes without its instructions.</summary>
    public const int Bytes = 250;

    public CodeBlock(ulong start, ulong end, ulong target, MicroOp[] ops, int count)
    {
        Start = start;
        End = end;
        Target = target;
        Ops = ops;
        Count = count;
    }

    /// <summary>The guest-virtual address of the first instruction.</summary>
    public ulong Start { get; }

    /// <summary>The address behind the last instruction.</summary>
    public ulong End { get; }

    /// <summary>Where its branch goes, if it is one with a fixed target.</summary>
    public ulong Target { get; }

    /// <summary>The instructions, and a last operation that leaves the block where none of them does.</summary>
    public MicroOp[] Ops { get; }

    /// <summary>How many instructions there are.</summary>
    public int Count { get; }

    /// <summary>The page that it lies on.</summary>
    public CodePage? Page { get; set; }

    /// <summary>The page that its only instruction ends on, where it lies across two.</summary>
    public CodePage? SecondPage { get; set; }

    /// <summary>The block at <see cref="Target"/>, where that is on the same page and was executed.</summary>
    public CodeBlock? Taken { get; set; }

    /// <summary>The block at <see cref="End"/>, where that is on the same page and was executed.</summary>
    public CodeBlock? FallThrough { get; set; }

    /// <summary>How often it was begun by interpreting it; no more than a guess where several processors do.</summary>
    public int Executions { get; set; }

    /// <summary>The compiled code that begins with this block.</summary>
    public CompiledRegion? Region { get; set; }

    /// <summary>Forgets the compiled code; if the block stays in use, it is compiled again.</summary>
    public void GiveUpRegion()
    {
        Region = null;
        Executions = 0;
    }
}
