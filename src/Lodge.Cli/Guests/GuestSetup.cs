using Microsoft.Extensions.Logging;

namespace Lodge.Cli;

/// <summary>A guest, and what it runs in.</summary>
internal sealed record GuestSetup
{
    public required string Path { get; init; }

    /// <summary>The stored snapshot; nothing for a binary.</summary>
    public SnapshotReference? Snapshot { get; init; }

    /// <summary>Whether the snapshot's memory is mapped from its files.</summary>
    public bool IsTrusted { get; init; }

    public required IMachineEngine Engine { get; init; }

    public long? HeapSize { get; init; }

    public long? ScratchSize { get; init; }

    public long? InputBufferSize { get; init; }

    public long? OutputBufferSize { get; init; }

    public IReadOnlyList<Answer> Answers { get; init; } = [];

    public LogLevel LogLevel { get; init; } = LogLevel.Warning;

    /// <summary>The file for the core dump of a guest that dies; none where it is null.</summary>
    public string? CorePath { get; init; }

    /// <summary>Makes a sandbox of it, whose talk goes to where the tool's goes.</summary>
    public Sandbox.Sandbox Create(ToolContext context)
    {
        if (Path.Length == 0)
            throw new UsageException("The guest's name is empty.");

        if (Snapshot is not null)
        {
            using Snapshot snapshot = Snapshot.Load(IsTrusted);
            return Sandbox.Sandbox.Create(snapshot, options => Apply(options, context));
        }

        if (Directory.Exists(Path))
            throw new IOException($"{Path} is a folder, not a guest.");

        if (SnapshotReference.TryParse(Path) is { } missing && !File.Exists(Path))
            throw new FileNotFoundException($"There is neither a file {Path} nor a store of snapshots {missing.Folder}.");

        try
        {
            return Sandbox.Sandbox.Create(Path, options => Apply(options, context));
        }
        catch (GuestBinaryException problem)
        {
            throw new GuestBinaryException($"{Path}: {problem.Message}", problem);
        }
    }

    /// <summary>Calls a function of a sandbox that was made of it.</summary>
    public GuestValue Call(
        Sandbox.Sandbox sandbox, string function, GuestValue[] arguments, TimeSpan timeout, CancellationToken cancelled)
    {
        try
        {
            return sandbox.Call<GuestValue>(function, timeout, cancelled, arguments);
        }
        catch (GuestErrorException error) when (error.Code == GuestErrorCode.FunctionNotFound && Snapshot is null)
        {
            if (GuestFunctions.Advice(Path, function) is { } advice)
                throw new AdvisedException(error, advice);

            throw;
        }
    }

    private void Apply(SandboxOptions options, ToolContext context)
    {
        options.Engine = Engine;
        options.HeapSize = HeapSize;
        options.ScratchSize = ScratchSize;
        options.InputBufferSize = InputBufferSize;
        options.OutputBufferSize = OutputBufferSize;
        options.Output = new SafeTextWriter(context.Error);
        options.Logger = LogLevel == LogLevel.None ? null : new TalkLogger(context.Error, LogLevel);
        options.GuestLogLevel = LogLevel;
        options.CoreDumps = CorePath is null ? null : SandboxCoreDumps.ToFile(CorePath);
        foreach (Answer answer in Answers)
            options.AddHostFunction(answer.Name, answer.Function);
    }
}
