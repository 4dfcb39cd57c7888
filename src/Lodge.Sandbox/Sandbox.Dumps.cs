using Lodge.Dumps;
using Microsoft.Extensions.Logging;

namespace Lodge.Sandbox;

public sealed partial class Sandbox
{
    /// <summary>Where the core dump of a call that was cancelled is said: the key in <see cref="Exception.Data"/> of exceptions
    /// that have no <see cref="SandboxException.CorePath"/>. The value is the file's path.</summary>
    public const string CorePathKey = "Lodge.CorePath";

    /// <summary>As <see cref="CorePathKey"/>: the key of the sentence that says why there is no dump.</summary>
    public const string CoreProblemKey = "Lodge.CoreProblem";

    private readonly SandboxCoreDumps? _coreDumps;
    private readonly ILogger? _logger;
    private readonly Lock _virtualMemoryGate = new();

    // Under the tables as they were when somebody asked last; nothing where a call has run since.
    private PagedMemory? _virtualMemory;
    private DeathCause? _death;

    /// <summary>The guest's memory at the addresses that the guest uses: what its pointers point to. For reading, between
    /// calls.</summary>
    /// <remarks>
    /// <para>Each access goes through the page tables that the guest has then, with nobody's privileges: whatever is mapped can
    /// be read. A page that is not mapped yet (of the heap or the stack, before its first use) is a fault, as everywhere in
    /// Lodge. Writing is refused: a guest's pages are shared with snapshots until the guest itself has copied them.</para>
    /// <para>An access while a call runs, also from a function of the host, is an <see cref="InvalidOperationException"/>. A
    /// slice that was taken before stays safe to read, and shows what the guest does.</para>
    /// <para>Of a poisoned sandbox it is what the guest has left. Its tables may say anything: whatever they do, an access is a
    /// read of the guest's memory or a fault.</para>
    /// </remarks>
    public IAddressSpace VirtualMemory { get; private set; }

    /// <summary>Writes the guest down as a core dump, which gdb opens beside the guest's file: between calls, or of a poisoned
    /// sandbox, where it has died.</summary>
    /// <param name="path">The file, which is there when it is whole; one that is there already is replaced.</param>
    /// <param name="options">How much goes into it. Program and cause are filled in where they are not set.</param>
    /// <param name="cancellationToken">Says that it is to be stopped; then there is no file.</param>
    /// <exception cref="InvalidOperationException">A call runs.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public CoreDumpResult WriteCoreDump(
        string path, CoreDumpOptions? options = null, CancellationToken cancellationToken = default)
    {
        using Busy busy = Enter();
        return CoreDump.Write(new SandboxImage(_machine), path, Complete(options), cancellationToken);
    }

    /// <summary>Writes the guest down as a core dump.</summary>
    /// <param name="stream">Where it goes, from where it is. It need not be able to seek.</param>
    /// <param name="options">How much goes into it. Program and cause are filled in where they are not set.</param>
    /// <param name="cancellationToken">Says that it is to be stopped.</param>
    /// <inheritdoc cref="WriteCoreDump(string, CoreDumpOptions?, CancellationToken)"/>
    public CoreDumpResult WriteCoreDump(
        Stream stream, CoreDumpOptions? options = null, CancellationToken cancellationToken = default)
    {
        using Busy busy = Enter();
        return CoreDump.Write(new SandboxImage(_machine), stream, Complete(options), cancellationToken);
    }

    /// <summary>The guest-virtual memory as it is now; null where the guest has turned off the paging that is known.</summary>
    /// <exception cref="InvalidOperationException">A call runs.</exception>
    internal PagedMemory? GetVirtualMemory()
    {
        if (Volatile.Read(ref _virtualMemory) is { } memory && Volatile.Read(ref _use) == Free)
            return memory;

        lock (_virtualMemoryGate)
        {
            if (Volatile.Read(ref _virtualMemory) is { } found && Volatile.Read(ref _use) == Free)
                return found;

            using Busy busy = Enter();
            PagedMemory? made = _machine.CreateVirtualMemory();
            Volatile.Write(ref _virtualMemory, made);
            return made;
        }
    }

    private CoreDumpOptions Complete(CoreDumpOptions? options)
    {
        options ??= CoreDumpOptions.Default;
        return options with
        {
            Program = options.Program ?? _machine.Snapshot.Symbols.Program,
            Cause = options.Cause ?? _death,
        };
    }

    /// <summary>Keeps why a guest has died, and leaves its core dump where that is asked for.</summary>
    private T Bury<T>(T death)
        where T : Exception
    {
        _death = Death.Of(death);
        if (_coreDumps is null)
            return death;

        Exception? failure = null;
        string? path = null;
        string? problem;
        try
        {
            _coreDumps.TryWrite(new SandboxImage(_machine), Complete(_coreDumps.Contents), out path, out problem);
        }
        catch (Exception exception)
        {
            // Whatever it is: how the guest has died matters more, and says this too.
            failure = exception;
            problem = exception.Message;
        }

        Tell(death, path, problem, failure);
        return death;
    }

    private void Tell(Exception death, string? path, string? problem, Exception? failure)
    {
        if (path is not null)
        {
            (death as SandboxException)?.SetCore(path);
            if (death is not SandboxException)
                death.Data[CorePathKey] = path;

            if (_logger is not null)
                SandboxLog.CoreDumped(_logger, path);

            return;
        }

        problem ??= "";
        (death as SandboxException)?.SetNoCore(problem);
        if (death is not SandboxException)
            death.Data[CoreProblemKey] = problem;

        if (_logger is not null)
            SandboxLog.CoreNotDumped(_logger, problem, failure);
    }
}
