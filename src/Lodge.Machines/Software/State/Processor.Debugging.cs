namespace Lodge.Machines;

/// <content>One instruction at a time: for the guest, which sets the trap flag, and for the host's debugger.</content>
internal sealed partial class Processor
{
    private const ulong Dr6SingleStep = 1UL << 14;
    private const int NoBreakpoint = -1;

    private DebugRegisters _debug = new() { Dr6 = DebugRegisters.InitialDr6, Dr7 = DebugRegisters.InitialDr7 };
    private GuestDebugging? _debugging;

    // A run begins with the instruction that the one before stopped at.
    private bool _skipsBreakpoint;
    private bool _isTraced;

    internal ref DebugRegisters Debug => ref _debug;

    /// <summary>Whether each repetition of a string instruction is looked at.</summary>
    internal bool StopsAtRepetitions => _isTraced;

    /// <summary>Whether the host's debugger wants the guest's breakpoints.</summary>
    internal bool StopsAtBreakpoints => _debugging is { SoftwareBreakpoints: true };

    internal void SetDebugging(GuestDebugging? debugging) => _debugging = debugging;

    private bool TryStepTraced(bool isTraced)
    {
        int breakpoint = _skipsBreakpoint ? NoBreakpoint : FindBreakpoint();
        if (breakpoint != NoBreakpoint)
        {
            StopForDebugger(1UL << breakpoint);
            return false;
        }

        _skipsBreakpoint = false;
        _isTraced = isTraced || _debugging is { SingleStep: true };
        bool goesOn = TryStep();
        _isTraced = false;
        if (!goesOn)
            return false;

        // Processors do not trap behind an instruction that has raised an exception, but behind the first one of its handler.
        if (!_hasEnded && !_hasRepeated)
            return true;

        if (_debugging is { SingleStep: true })
        {
            StopForDebugger(Dr6SingleStep);
            return false;
        }

        if (!isTraced)
            return true;

        _debug.Dr6 |= Dr6SingleStep;
        _exception = new PendingException(ExceptionVector.Debug);
        if (TryDeliverException())
            return true;

        ShutDown();
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
