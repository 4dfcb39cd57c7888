using System.CommandLine;
using Microsoft.Extensions.Logging;

namespace Lodge.Cli;

/// <summary>The arguments and options that say which guest runs, and in what.</summary>
internal sealed class GuestOptions
{
    private readonly Argument<string> _guest;
    private readonly bool _isSnapshot;

    private readonly Option<string?> _engine = ParsedOption.Of(
        "--engine", "auto|kvm|software", "What runs the guest; the fastest that can run everything, where nothing is said.",
        static text => text is "auto" or "kvm" or "software"
            ? text
            : throw new UsageException($"{text} is no engine: there are auto, kvm and software."));

    private readonly Option<long?> _heap = Size("--heap", "The guest's heap: 128K where nothing is said.");

    private readonly Option<long?> _scratch = Size(
        "--scratch", "Memory for buffers, page tables, stacks and pages that are written: 288K where nothing is said.");

    private readonly Option<long?> _input = Size("--input", "The buffer for arguments: 16K where nothing is said, at least 8K.");

    private readonly Option<long?> _output = Size("--output", "The buffer for results: 16K where nothing is said, at least 8K.");

    private readonly Option<LogLevel?> _log = ParsedOption.Of<LogLevel?>(
        "--log", "LEVEL", "Show the guest's log records from this level on: trace, debug, info, warning (where nothing is said), "
            + "error, critical or none.",
        static text => LogLevelText.Parse(text));

    private readonly Option<string[]> _answers = new("--answer")
    {
        HelpName = "NAME=VALUE",
        Description = "Answers the guest's calls of a function of the host; one with parameters is written with their types, as "
            + "NAME(int,string)=VALUE. Values are written as arguments are, and void: is none. GetWeekday is answered with the "
            + "day of the week where nothing is said. Repeatable.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<bool> _trusted = new("--trusted")
    {
        Description = "Map a snapshot's memory from its files without a look at their digests: nobody changes them meanwhile.",
    };

    private GuestOptions(Argument<string> guest, bool isSnapshot)
    {
        _guest = guest;
        _isSnapshot = isSnapshot;
    }

    /// <summary>For a guest's binary or a stored snapshot.</summary>
    public static GuestOptions OfGuest() => new(
        new Argument<string>("GUEST") { Description = "The guest's binary, an ELF file; or a stored snapshot, as FOLDER:TAG." },
        isSnapshot: false);

    /// <summary>For a stored snapshot, whose memory is decided.</summary>
    public static GuestOptions OfSnapshot() => new(
        new Argument<string>("SNAPSHOT") { Description = "The stored snapshot, as FOLDER:TAG." }, isSnapshot: true);

    public void AddTo(Command command)
    {
        command.Add(_guest);
        command.Add(_engine);
        if (!_isSnapshot)
        {
            command.Add(_heap);
            command.Add(_scratch);
            command.Add(_input);
            command.Add(_output);
        }

        command.Add(_trusted);
        command.Add(_answers);
        command.Add(_log);
    }

    /// <summary>What a command line says.</summary>
    /// <exception cref="UsageException">An answer cannot be so.</exception>
    /// <exception cref="HostException">The engine is missing here.</exception>
    /// <exception cref="IOException">A file with an answer cannot be read.</exception>
    public GuestSetup Read(ParseResult parsed, ToolContext context)
    {
        List<Answer> answers = [.. (parsed.GetValue(_answers) ?? []).Select(Answer.Parse)];
        foreach (IGrouping<string, Answer> same in answers.GroupBy(static answer => answer.Name, StringComparer.Ordinal))
        {
            if (same.Count() != 1)
                throw new UsageException($"--answer: there is more than one for {same.Key}.");
        }

        var weekday = Answer.Weekday(context.Clock);
        if (answers.TrueForAll(answer => answer.Name != weekday.Name))
            answers.Add(weekday);

        string path = parsed.GetRequiredValue(_guest);
        SnapshotReference? snapshot = _isSnapshot ? SnapshotReference.Parse(path) : SnapshotReference.TryFind(path);
        if (snapshot is null && parsed.GetValue(_trusted))
            throw new UsageException("--trusted is for stored snapshots.");

        return new GuestSetup
        {
            Path = path,
            Snapshot = snapshot,
            IsTrusted = parsed.GetValue(_trusted),
            Engine = EngineOf(parsed.GetValue(_engine) ?? "auto", context),
            HeapSize = parsed.GetValue(_heap),
            ScratchSize = parsed.GetValue(_scratch),
            InputBufferSize = parsed.GetValue(_input),
            OutputBufferSize = parsed.GetValue(_output),
            Answers = answers,
            LogLevel = parsed.GetValue(_log) ?? LogLevel.Warning,
        };
    }

    private static Option<long?> Size(string name, string description)
        => ParsedOption.Of<long?>(name, "SIZE", description, static text => ByteSizeText.Parse(text));

    private static IMachineEngine EngineOf(string name, ToolContext context)
    {
        if (name == "auto")
            return context.BestEngine();

        IMachineEngine engine = context.Engines.First(engine => engine.Name == name);
        return engine.IsAvailable
            ? engine
            : throw new HostException($"The engine {name} is not available: {engine.MissingBecause}");
    }
}
