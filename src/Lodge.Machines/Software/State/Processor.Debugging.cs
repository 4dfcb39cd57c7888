namespace Lodge.Machines;

/// <content>One instruction at a time: for the guest, which sets the trap flag, and for the host's debugger.</content>
internal sealed partial class Processor
{
    private const ulong Dr6SingleStep = 1UL << 14;
    private const int NoBreakpoint = -1;

    private DebugRegisters _debug = new() { Dr6 = DebugRegisters.InitialDr6, Dr7 = DebugRegisters.InitialDr7 };
    private GuestDebugging? _debugging;

    // From the beginning of an instruction to its end, also where the host answers it in between.
    private bool _isTraced;
    private bool _isTracedByGuest;

    internal ref DebugRegisters Debug => ref _debug;

    /// <summary>Whether each repetition of a string instruction is looked at.</summary>
    internal bool StopsAtRepetitions => _isTraced;

    /// <summary>Whether the host's debugger wants the guest's breakpoints.</summary>
    internal bool StopsAtBreakpoints => _debugging is { SoftwareBreakpoints: true };

    internal void SetDebugging(GuestDebugging? debugging) => _debugging = debugging;

    /// <summary>No trap of the guest's own tracing comes behind the instruction that is executed.</summary>
    internal void OmitTrap() => _isTracedByGuest = false;

    /// <summary>The guest's own tracing begins with the instruction that is executed by itself, and not behind it.</summary>
    internal void TraceThis() => _isTraced = _isTracedByGuest = true;

    /// <summary>Executes one instruction where the guest or the host looks at each.</summary>
    /// <returns>False where the host has to do something.</returns>
    private bool TryStepTraced(bool isTracedByGuest)
    {
        int breakpoint = FindBreakpoint();
        if (breakpoint != NoBreakpoint)
        {
            StopForDebugger(1UL << breakpoint);
            return false;
        }

        _isTracedByGuest = isTracedByGuest;
        _isTraced = isTracedByGuest || _debugging is { SingleStep: true };
        return TryStep() && TryEndStep();
    }

    private bool TryEndStep() => !_isTraced || TryEndTracedStep();

    /// <summary>Does what comes behind an instruction that was traced; one that asked the host for something ends when the
    /// processor runs again.</summary>
    /// <returns>False where the host has to do something.</returns>
    private bool TryEndTracedStep()
    {
        _isTraced = false;

        // Processors do not trap behind an instruction that has raised an exception, but behind the first one of its handler.
        if (!_hasEnded && !_hasRepeated)
            return true;

        if (_isTracedByGuest)
        {
            _debug.Dr6 |= Dr6SingleStep;
            _exception = new PendingException(ExceptionVector.Debug);
            if (!TryDeliverException())
            {
                ShutDown();
                return false;
            }
        }

        if (_debugging is not { SingleStep: true })
            return true;

        StopForDebugger(Dr6SingleStep);
        return false;
    }

    /// <summary>Which of the host's breakpoints is at RIP.</summary>
    private int FindBreakpoint()
    {
        IReadOnlyList<GuestAddress> breakpoints = _debugging?.Breakpoints ?? [];
        for (int number = 0; number < breakpoints.Count; number++)
        {
            if (breakpoints[number].Value == Rip)
                return number;
        }

        return NoBreakpoint;
    }

    private void StopForDebugger(ulong dr6)
        => _exit = new VmExit { Kind = VmExitKind.Debug, Address = Rip, Value = dr6 };
}
