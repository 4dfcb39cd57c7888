namespace Lodge.Memory.Tests;

/// <summary>The same way of marking, test first and then a locked instruction, but a harvest without the process-wide barrier.</summary>
internal sealed unsafe class MarksWithoutBarrier : ILitmusMarks, IDisposable
{
    private readonly HostMapping _page = HostMapping.Anonymous(4096);
    private readonly HostMapping _bits = HostMapping.Anonymous(4096);
    private readonly ulong* _value;
    private readonly ulong* _word;

    public MarksWithoutBarrier()
    {
        _value = (ulong*)_page.DangerousAddress;
        _word = (ulong*)_bits.DangerousAddress;
    }

    public void Write(ulong value)
    {
        *_value = value;
        if ((Volatile.Read(ref *_word) & 1) == 0)
            Interlocked.Or(ref *_word, 1);
    }

    public bool Harvest() => Interlocked.Exchange(ref *_word, 0) != 0;

    public ulong Copy() => Volatile.Read(ref *_value);

    public void Dispose()
    {
        _page.Dispose();
        _bits.Dispose();
    }
}
