namespace Lodge.Dumps;

/// <summary>What goes into a core dump, and how much at most.</summary>
/// <remarks>The page tables are the guest's: they may map one page a billion times, or lead to themselves. So a dump is bounded
/// by these limits, whatever they say, and tells when it was cut.</remarks>
public sealed record CoreDumpOptions
{
    /// <summary>The usual limits, and nothing known of program and cause.</summary>
    public static CoreDumpOptions Default { get; } = new();

    /// <summary>How many bytes of virtual memory are written: 1 GiB where nothing is said. A part of it is kept for the
    /// stack.</summary>
    public long MostBytes
    {
        get;
        init => field = AtLeast(value, 0, nameof(MostBytes));
    } = 1L << 30;

    /// <summary>How many segments there are: 16,384 where nothing is said.</summary>
    public int MostSegments
    {
        get;
        init => field = (int)AtLeast(value, 0, nameof(MostSegments));
    } = 16_384;

    /// <summary>How many page tables are visited: 65,536 where nothing is said.</summary>
    public int MostTables
    {
        get;
        init => field = (int)AtLeast(value, 1, nameof(MostTables));
    } = 65_536;

    /// <summary>The program that a debugger will be given.</summary>
    public LoadedProgram? Program { get; init; }

    /// <summary>Why the machine stopped.</summary>
    public DeathCause? Cause { get; init; }

    private static long AtLeast(long value, long least, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, least, name);
        return value;
    }
}
