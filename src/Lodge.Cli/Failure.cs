namespace Lodge.Cli;

/// <summary>What went wrong, as the user is told.</summary>
/// <param name="ExitCode">One of <see cref="ExitCodes"/>.</param>
/// <param name="Kind">A word for it, for programs.</param>
/// <param name="Message">A sentence or two. It may hold text of the guest's.</param>
internal sealed record Failure(int ExitCode, string Kind, string Message)
{
    /// <summary>The name of the guest's error, or the number where there is none.</summary>
    public string? Code { get; init; }

    /// <summary>The number of the guest's error, where it gave one.</summary>
    public ulong? Number { get; init; }

    /// <summary>The snapshots that were checked, where one of them is not sound.</summary>
    public IReadOnlyList<VerifyReport>? Snapshots { get; init; }

    /// <summary>What an exception means to the user.</summary>
    public static Failure Of(Exception problem) => problem switch
    {
        AdvisedException { InnerException: { } inner } advised => Of(inner).With(advised.Advice),
        UsageException => new(ExitCodes.Usage, "usage", problem.Message),
        GuestErrorException error => new(ExitCodes.FunctionFailed, "function-failed", error.Message + AdviceFor(error.Code))
        {
            Code = $"{error.Code}",
            Number = (ulong)error.Code,
        },
        GuestAbortedException abort => new(ExitCodes.GuestStopped, "guest-aborted", abort.Message)
        {
            Code = $"{abort.Code}",
            Number = (ulong)abort.Code,
        },
        GuestTimeoutException => new(ExitCodes.GuestStopped, "guest-timed-out", problem.Message),
        GuestCrashedException => new(ExitCodes.GuestStopped, "guest-crashed", problem.Message),
        UnsoundSnapshotsException unsound => new(ExitCodes.Host, "snapshot", unsound.Message) { Snapshots = unsound.Reports },
        SnapshotException => new(ExitCodes.Host, "snapshot", problem.Message),
        SandboxException => new(ExitCodes.GuestStopped, "guest-stopped", problem.Message),
        OperationCanceledException => new(ExitCodes.Interrupted, "interrupted", "Interrupted." + AboutCore(problem)),
        GuestBinaryException => new(ExitCodes.Host, "not-a-guest", problem.Message),
        MachineException => new(ExitCodes.Host, "engine", problem.Message),
        HostException => new(ExitCodes.Host, "host", problem.Message),
        IOException or UnauthorizedAccessException => new(ExitCodes.Host, "file", problem.Message),
        PlatformNotSupportedException or HostMemoryException or OutOfMemoryException
            => new(ExitCodes.Host, "host", problem.Message),
        ArgumentException argument => new(ExitCodes.Usage, "usage", InWordsOfOptions(argument)),
        _ => new(ExitCodes.Bug, "bug", $"{problem.GetType().Name}: {problem.Message} (This is a bug; --verbose shows where.)"),
    };

    // Of a call that was stopped; the other exceptions of guests say it themselves.
    private static string AboutCore(Exception problem)
        => problem.Data[Sandbox.Sandbox.CoreProblemKey] is { } reason ? $" No core dump was written: {reason}"
            : problem.Data[Sandbox.Sandbox.CorePathKey] is { } path ? $" The guest's core dump is {path}."
            : "";

    private Failure With(string advice) => this with { Message = $"{Message} ({advice})" };

    private static string AdviceFor(GuestErrorCode code) => code switch
    {
        GuestErrorCode.HostFunctionFailed =>
            " (--answer stands in for a function of the host: NAME=VALUE, or NAME(int,string)=VALUE.)",
        GuestErrorCode.ParameterTypeMismatch =>
            " (A prefix says which type an argument has, as in uint:7.)",
        _ => "",
    };

    // The names of parameters and properties mean nothing to who types a command.
    private static string InWordsOfOptions(ArgumentException problem)
    {
        string message = problem.Message;
        int end = message.IndexOf(" (Parameter '", StringComparison.Ordinal);
        if (end >= 0)
            message = message[..end];

        return message
            .Replace(nameof(SandboxOptions.HeapSize), "--heap", StringComparison.Ordinal)
            .Replace(nameof(SandboxOptions.ScratchSize), "--scratch", StringComparison.Ordinal)
            .Replace(nameof(SandboxOptions.InputBufferSize), "--input", StringComparison.Ordinal)
            .Replace(nameof(SandboxOptions.OutputBufferSize), "--output", StringComparison.Ordinal);
    }
}
