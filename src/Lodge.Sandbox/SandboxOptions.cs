using Microsoft.Extensions.Logging;

namespace Lodge.Sandbox;

/// <summary>How a sandbox is made. Sizes are in bytes; those of heap, scratch and init data are rounded up to pages of 4
/// KiB.</summary>
/// <remarks>What decides memory (<see cref="HeapSize"/>, <see cref="ScratchSize"/>, the buffers, <see cref="InitData"/>,
/// <see cref="MapFile"/>) is decided when a binary is loaded; for a sandbox that is made from a snapshot it is an error to set
/// it.</remarks>
public sealed class SandboxOptions
{
    private readonly Dictionary<string, HostFunction> _hostFunctions = new(StringComparer.Ordinal);
    private readonly List<MappedFile> _mappedFiles = [];

    /// <summary>What runs the guest; <see cref="Machines.Machines.Best"/> where nothing is said.</summary>
    public IMachineEngine? Engine { get; set; }

    /// <summary>The guest's heap: 128 KiB where nothing is said.</summary>
    public long? HeapSize { get; set; }

    /// <summary>Memory for buffers, page tables, stacks, and every page that the guest writes: 288 KiB where nothing is said. A
    /// guest that writes to all of a large heap needs so much of it too.</summary>
    public long? ScratchSize { get; set; }

    /// <summary>The buffer for calls of the guest and for what functions of the host return: 16 KiB where nothing is said, at
    /// least 8 KiB and at most 1 GiB.</summary>
    public long? InputBufferSize { get; set; }

    /// <summary>The buffer for what the guest returns, calls and logs: 16 KiB where nothing is said, at least 8 KiB and
    /// at most 1 GiB.</summary>
    public long? OutputBufferSize { get; set; }

    /// <summary>Data that the guest finds in its memory.</summary>
    public ReadOnlyMemory<byte> InitData { get; set; }

    /// <summary>What the guest may do with <see cref="InitData"/>: read it, where nothing is said.</summary>
    public MemoryAccess? InitDataAccess { get; set; }

    /// <summary>How long a call may take; <see cref="Timeout.InfiniteTimeSpan"/>, which is the default, for as long as it
    /// likes.</summary>
    public TimeSpan CallTimeout { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>How long the guest may take until it takes calls; 10 seconds where nothing is said. One from a snapshot takes calls
    /// at once, mostly (<see cref="Snapshot.IsInitialized"/>).</summary>
    public TimeSpan InitializationTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Where the guest's log records go, and those of the sandbox; nowhere where nothing is said.</summary>
    public ILogger? Logger { get; set; }

    /// <summary>The least level of the guest's records that go to <see cref="Logger"/>. The guest is told at its start, and one from
    /// a snapshot goes on to log what it was told then. Where nothing is said, that is <see cref="LogLevel.Information"/> with a
    /// logger and nothing without one, and of what a guest from a snapshot logs everything goes to the logger.</summary>
    public LogLevel? GuestLogLevel { get; set; }

    /// <summary>Where the guest's characters go; nowhere where nothing is said.</summary>
    public TextWriter? Output { get; set; }

    /// <summary>Where a guest that dies leaves a core dump; nowhere where nothing is said.</summary>
    public SandboxCoreDumps? CoreDumps { get; set; }

    /// <summary>What a guest may ask for.</summary>
    public SandboxLimits Limits { get; set; } = SandboxLimits.Default;

    internal IReadOnlyDictionary<string, HostFunction> HostFunctions => _hostFunctions;

    internal IReadOnlyList<MappedFile> MappedFiles => _mappedFiles;

    /// <summary>Adds a function that guests can call.</summary>
    /// <param name="name">Its name: at most 256 bytes of UTF-8.</param>
    /// <param name="function">The function: up to 16 parameters and a result of <see cref="int"/>, <see cref="uint"/>,
    /// <see cref="long"/>, <see cref="ulong"/>, <see cref="float"/>, <see cref="double"/>, <see cref="bool"/>,
    /// <see cref="string"/>,
    /// <see cref="byte"/>[] or <see cref="ReadOnlyMemory{T}"/> of bytes, or no result. A parameter of type
    /// <see cref="CancellationToken"/> gets one that tells when the call is to end. An exception that it throws is an error for
    /// the guest.</param>
    /// <exception cref="ArgumentException">There is one of this name, or it has other types.</exception>
    public void AddHostFunction(string name, Delegate function)
    {
        var added = new HostFunction(name, function);
        if (!_hostFunctions.TryAdd(name, added))
            throw new ArgumentException($"There is a function {name} already.", nameof(name));
    }

    /// <summary>Adds a file to the guest's memory, which is shared by all sandboxes that are made from it. The guest may write
    /// there: it gets its own copy of the page, and the file stays as it is. Where the file lies is in
    /// <see cref="SandboxLayout.MappedFiles"/>, for the host to tell the guest.</summary>
    /// <param name="path">A regular file, which may not be empty. There may be 512.</param>
    /// <param name="isTrusted">Whether it is mapped as it lies, instead of copied into memory first: nobody changes it while a
    /// snapshot or a sandbox has it. <b>If somebody cuts it short, the process ends.</b></param>
    public void MapFile(string path, bool isTrusted = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _mappedFiles.Add(new MappedFile(path, isTrusted));
    }

    /// <summary>The sizes for a binary.</summary>
    internal SandboxSizes SizesFor(ulong code) => new()
    {
        Code = code,
        Heap = SizeOf(HeapSize, SandboxSizes.DefaultHeap, SandboxLayout.PageBytes, nameof(HeapSize)),
        Scratch = SizeOf(ScratchSize, SandboxSizes.DefaultScratch, SandboxLayout.PageBytes, nameof(ScratchSize)),
        Input = SizeOf(InputBufferSize, SandboxSizes.DefaultBuffer, SandboxSizes.LeastBuffer, nameof(InputBufferSize)),
        Output = SizeOf(OutputBufferSize, SandboxSizes.DefaultBuffer, SandboxSizes.LeastBuffer, nameof(OutputBufferSize)),
        InitData = (ulong)InitData.Length,
    };

    /// <summary>Sees to it that nothing was set that can have no effect.</summary>
    internal void RequireNoLayout()
    {
        string? set = HeapSize is not null ? nameof(HeapSize)
            : ScratchSize is not null ? nameof(ScratchSize)
            : InputBufferSize is not null ? nameof(InputBufferSize)
            : OutputBufferSize is not null ? nameof(OutputBufferSize)
            : !InitData.IsEmpty ? nameof(InitData)
            : InitDataAccess is not null ? nameof(InitDataAccess)
            : _mappedFiles.Count != 0 ? nameof(MapFile)
            : null;
        if (set is not null)
        {
            throw new ArgumentException(
                $"{set} is decided by the snapshot, and cannot be set for a sandbox that is made from it.", set);
        }
    }

    internal void RequireConsistent()
    {
        if (InitDataAccess is not null && InitData.IsEmpty)
            throw new ArgumentException("There are no init data to give access to.", nameof(InitDataAccess));

        ArgumentNullException.ThrowIfNull(Limits);
        RequireTimeout(CallTimeout, nameof(CallTimeout));
        RequireTimeout(InitializationTimeout, nameof(InitializationTimeout));
    }

    internal static void RequireTimeout(TimeSpan timeout, string name)
    {
        bool isValid = timeout == Timeout.InfiniteTimeSpan
            || (timeout >= TimeSpan.Zero && timeout <= TimeSpan.FromMilliseconds(uint.MaxValue - 1));
        if (!isValid)
            throw new ArgumentOutOfRangeException(name, timeout, "A timeout is from zero to about 49 days, or infinite.");
    }

    private static ulong SizeOf(long? size, ulong usual, ulong least, string name)
    {
        if (size is not { } given)
            return usual;

        if (given < (long)least)
            throw new ArgumentOutOfRangeException(name, given, $"{name} is at least {least} bytes.");

        return (ulong)given;
    }
}
