namespace Lodge.Machines;

/// <summary>The code that was translated from one page of guest-physical memory.</summary>
/// <remarks>Used under the lock of its <see cref="TranslatedCode"/>, but for <see cref="CheckedInRun"/>.</remarks>
internal sealed unsafe class CodePage
{
    /// <summary>About what a page takes.</summary>
    public const int Bytes = 5000;

    private const int LineShift = 6;
    private const int LineBytes = 1 << LineShift;

    // By the address of the first instruction: the same page may lie at several.
    private readonly Dictionary<ulong, CodeBlock> _blocks = [];

    // Those that begin on the page before.
    private readonly HashSet<CodeBlock> _ends = [];
    private readonly byte[] _copy = new byte[TlbEntry.PageBytes];

    // A bit for each 64 bytes that code was translated from.
    private ulong _lines;

    public CodePage(byte* host, bool isImmutable)
    {
        Host = host;
        IsImmutable = isImmutable;
    }

    /// <summary>Where the page lies in the host.</summary>
    public byte* Host { get; }

    /// <summary>Whether its owner vouches that it never changes.</summary>
    public bool IsImmutable { get; }

    /// <summary>The last run in which its content was seen to be what was translated.</summary>
    public long CheckedInRun { get; set; }

    /// <summary>How often its code was thrown away.</summary>
    public int Version { get; private set; }

    /// <summary>About what its blocks take.</summary>
    public long BlockBytes { get; set; }

    public bool HasCode => _lines != 0;

    /// <summary>Whether writes have to be looked at: there is code, or somebody is about to translate some.</summary>
    public bool IsGuarded => _lines != 0 || Translators != 0;

    /// <summary>How many processors are translating.</summary>
    public int Translators { get; set; }

    public CodeBlock? Find(ulong start) => _blocks.GetValueOrDefault(start);

    /// <summary>The content, as code is translated from it: memory may change while it is read, so it is read once.</summary>
    public ReadOnlySpan<byte> Copy => _copy;

    /// <summary>Reads the lines that a block may be made of.</summary>
    public void ReadLines(int offset, int length)
    {
        for (int line = offset >> LineShift; line <= (offset + length - 1) >> LineShift; line++)
        {
            if ((_lines & (1UL << line)) == 0)
                new ReadOnlySpan<byte>(Host + (line << LineShift), LineBytes).CopyTo(_copy.AsSpan(line << LineShift, LineBytes));
        }
    }

    public void Add(CodeBlock block, int offset, int length)
    {
        if (_blocks.GetValueOrDefault(block.Start) is { } replaced)
            LeaveSecondPage(replaced);

        block.Page = this;
        _blocks[block.Start] = block;
        _lines |= MaskOf(offset, length);
    }

    /// <summary>Notes a block of the page before, which has the same owner, and whose last bytes lie here.</summary>
    /// <param name="block">The block.</param>
    /// <param name="bytes">What was read here.</param>
    /// <param name="length">How many bytes of it are the block's.</param>
    public void AddEnd(CodeBlock block, ReadOnlySpan<byte> bytes, int length)
    {
        block.SecondPage = this;
        ReadLines(0, length);
        bytes[..length].CopyTo(_copy);
        _ends.Add(block);
        _lines |= MaskOf(0, length);
    }

    public bool Overlaps(int offset, int length) => (_lines & MaskOf(offset, length)) != 0;

    /// <summary>Whether memory is still what was translated.</summary>
    public bool IsCurrent()
    {
        for (ulong rest = _lines; rest != 0;)
        {
            int first = System.Numerics.BitOperations.TrailingZeroCount(rest);
            int count = System.Numerics.BitOperations.TrailingZeroCount(~(rest >> first));
            int offset = first << LineShift;
            int length = count << LineShift;
            if (!new ReadOnlySpan<byte>(Host + offset, length).SequenceEqual(_copy.AsSpan(offset, length)))
                return false;

            rest = first + count == 64 ? 0 : rest & (ulong.MaxValue << (first + count));
        }

        return true;
    }

    /// <summary>Throws away what was translated.</summary>
    public void Clear()
    {
        foreach (CodeBlock block in _ends)
            block.Page?.Remove(block);

        foreach (CodeBlock block in _blocks.Values)
            LeaveSecondPage(block);

        _ends.Clear();
        _blocks.Clear();
        BlockBytes = 0;
        _lines = 0;
        Version++;
    }

    /// <summary>Throws away what was translated, for good: whoever has the page finds another one.</summary>
    public void GiveUp()
    {
        Clear();
        IsGivenUp = true;
    }

    /// <summary>Whether nobody looks for code here any more.</summary>
    public bool IsGivenUp { get; private set; }

    private void Remove(CodeBlock block)
    {
        if (_blocks.TryGetValue(block.Start, out CodeBlock? known) && known == block)
            _blocks.Remove(block.Start);
    }

    // What is not found any more is not to be kept by the page that it ends on either.
    private static void LeaveSecondPage(CodeBlock block) => block.SecondPage?._ends.Remove(block);

    private static ulong MaskOf(int offset, int length)
    {
        int first = offset >> LineShift;
        int count = ((offset + length - 1) >> LineShift) - first + 1;
        return (count == 64 ? ulong.MaxValue : (1UL << count) - 1) << first;
    }
}
