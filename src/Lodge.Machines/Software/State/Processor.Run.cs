using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static Lodge.Machines.ControlBits;

namespace Lodge.Machines;

/// <content>Running: block after block, until the host has something to do.</content>
internal sealed unsafe partial class Processor
{
    // A limit that nothing reaches, and leaves room for sums.
    private const ulong NoLimit = ulong.MaxValue >> 1;

    private VmExit _exit;

    // Instructions executed since the processor was made, and at which count it looks up from its work.
    private ulong _executed;
    private ulong _attentionAt = NoLimit;
    private ulong _limit = NoLimit;

    // The instructions of the block that is executed; they are counted as executed when it begins.
    private int _blockCount;

    // Never, where nothing is to be compiled.
    private readonly int _compilesAfter;
    private bool _isAlone;

    // What became of the last instruction that was executed by itself.
    private bool _hasEnded;
    private bool _hasRepeated;
    private bool _interruptShadow;
    private int _pendingInterrupt = -1;

    /// <summary>How many instructions were executed.</summary>
    internal ulong Executed => _executed;

    /// <summary>How many instructions are executed before the processor stops.</summary>
    internal ulong Limit
    {
        get => _limit;
        set => _limit = Math.Min(value, NoLimit);
    }

    internal bool HasPendingInterrupt => _pendingInterrupt >= 0;

    internal void SetPendingInterrupt(byte vector) => _pendingInterrupt = vector;

    internal bool AwaitsAnswer => _awaitsAnswer;

    internal void Answer(ulong value) => _answer = value;

    /// <summary>Runs until the host has something to do.</summary>
    internal VmExit Run()
    {
        BeginRun();

        // Before the instruction that waits goes on: it may wait again.
        if (TakeCancel())
            return new VmExit { Kind = VmExitKind.Cancelled };

        if (_modeProblem is not null)
            return new VmExit { Kind = VmExitKind.InternalError, Reason = _modeProblem };

        if (_isShutDown)
            return new VmExit { Kind = VmExitKind.Shutdown, Reason = _shutdownReason };

        _exit = default;
        PayAttention();
        if (FinishAccess())
            Execute();

        NoteAccess();
        return _exit;
    }

    private bool _isShutDown;
    private bool _accessIsOpen;

    /// <summary>Asks the processor to look up from its work at the next block; may be called by any thread.</summary>
    internal void PayAttention() => Volatile.Write(ref _attentionAt, 0);

    /// <summary>Forgets what the last exit was about: the host has the guest go on with something else.</summary>
    private void GiveUpAccess()
    {
        _awaitsAnswer = false;
        _awaitsPort = false;
        _accessIsOpen = false;
        _isTraced = false;
        ForgetDeviceAccesses();
    }

    /// <summary>Goes on with what the last exit was about.</summary>
    /// <returns>False where that makes another exit.</returns>
    private bool FinishAccess()
    {
        ulong answer = _answer;
        _awaitsAnswer = false;
        if (_awaitsPort)
        {
            FinishPortRead(answer);
        }
        else if (_accessIsOpen)
        {
            _accessIsOpen = false;
            RememberDeviceAccess(answer);
            if (!TryStep())
                return false;
        }

        return TryEndStep();
    }

    /// <summary>Notes what the host is asked for.</summary>
    private void NoteAccess()
    {
        _awaitsAnswer = _exit.Kind is VmExitKind.PortIn or VmExitKind.MmioRead;
        if (_awaitsAnswer)
            _answer = NoAnswer;
    }

    private void Execute()
    {
        while (true)
        {
            // A guest whose exceptions only lead to exceptions never gets as far as a block.
            CodeBlock? block = _executed > Volatile.Read(ref _attentionAt) ? null : FindBlock(Rip);
            while (block is not null)
            {
                if (_executed + (ulong)block.Count > Volatile.Read(ref _attentionAt))
                    break;

                BlockExit how;
                if (block.Region is { } region && MayEnter(region))
                {
                    ulong before = _executed;
                    region.WasUsed = true;
                    how = region.Code!(this);
                    if (how == BlockExit.Stopped)
                        break;

                    // One that has done nothing has met what is the interpreter's affair.
                    if (_executed != before)
                    {
                        block = FindBlock(Rip);
                        continue;
                    }
                }
                else if (++block.Executions == _compilesAfter)
                {
                    RequestCompiling(block);
                }

                BlockStart = block.Start;
                _blockCount = block.Count;
                _executed += (ulong)block.Count;
                ref MicroOp first = ref MemoryMarshal.GetArrayDataReference(block.Ops);
                how = first.Handler(this, ref first);
                if (how == BlockExit.Taken)
                {
                    Rip = block.Target;
                    block = block.Taken ?? Link(block, isTaken: true);
                }
                else if (how == BlockExit.FallThrough)
                {
                    Rip = block.End;
                    block = block.FallThrough ?? Link(block, isTaken: false);
                }
                else if (how == BlockExit.Jumped)
                {
                    block = FindBlock(Rip);
                }
                else
                {
                    break;
                }
            }

            if (_stop == StopKind.None ? !TryAttend() : !TryHandleStop())
                return;
        }
    }

    /// <summary>Finds the block at RIP, and remembers it where it lies on the same page.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private CodeBlock? Link(CodeBlock from, bool isTaken)
    {
        CodeBlock? to = FindBlock(Rip);
        if (to is null || to.Page != from.Page || to.SecondPage is not null || from.SecondPage is not null
            || ((to.Start ^ from.Start) & TlbEntry.PageMask) != 0)
        {
            return to;
        }

        if (isTaken)
            from.Taken = to;
        else
            from.FallThrough = to;

        return to;
    }

    /// <summary>Does what a block was left for in the middle.</summary>
    /// <returns>False where the host has to do something.</returns>
    private bool TryHandleStop()
    {
        StopKind stop = _stop;
        _stop = StopKind.None;
        _executed -= (ulong)(_blockCount - _stopNumber);
        Rip = _stopRip;
        _blockCount = 0;
        switch (stop)
        {
            case StopKind.Exception:
                ForgetDeviceAccesses();

                // The instruction behind the last one that is allowed could not be fetched: it is not tried yet.
                if (_executed >= _limit)
                    return StopAtLimit();

                if (TryDeliverException())
                    return true;

                ShutDown();
                return false;
            case StopKind.Device:
                _accessIsOpen = _exit.Kind != VmExitKind.InternalError;
                _isTraced &= _accessIsOpen;
                return false;
            case StopKind.Exit:
                _hasEnded = true;
                return false;
            case StopKind.Breakpoint:
                _isTraced = false;
                return false;
            case StopKind.Alone when _executed >= _limit:
                return StopAtLimit();
            case StopKind.Alone:
                return TryStep() && TryEndStep();
            default:
                _hasRepeated = true;
                return true;
        }
    }

    private bool StopAtLimit()
    {
        _isTraced = false;
        _exit = new VmExit { Kind = VmExitKind.InstructionLimit };
        return false;
    }

    private void ShutDown()
    {
        _isTraced = false;
        if (_deliveryFailure is { } reason)
        {
            _deliveryFailure = null;
            _exit = new VmExit { Kind = VmExitKind.InternalError, Reason = reason };
            return;
        }

        _isShutDown = true;
        _exit = new VmExit { Kind = VmExitKind.Shutdown, Reason = _shutdownReason };
    }

    /// <summary>Executes one instruction by itself, as it stands in memory.</summary>
    /// <returns>False where the host has to do something.</returns>
    private bool TryStep()
    {
        _hasEnded = false;
        _hasRepeated = false;
        CodeBlock? block = DecodeAlone();
        if (block is null)
            return TryHandleStop();

        BlockStart = block.Start;
        _blockCount = 1;
        _executed++;
        _isAlone = true;
        ref MicroOp first = ref MemoryMarshal.GetArrayDataReference(block.Ops);
        BlockExit how = first.Handler(this, ref first);
        _isAlone = false;
        switch (how)
        {
            case BlockExit.Taken:
                Rip = block.Target;
                break;
            case BlockExit.FallThrough:
                Rip = block.End;
                break;
            case BlockExit.Stopped:
                return TryHandleStop();
        }

        _hasEnded = true;
        ForgetDeviceAccesses();
        return true;
    }

    /// <summary>Looks up from the work: does the host want something, does an interrupt wait, is the guest to be
    /// traced?</summary>
    /// <returns>False where the host has to do something.</returns>
    private bool TryAttend()
    {
        // First the count and then the requests: whoever requests something resets the count afterwards.
        Volatile.Write(ref _attentionAt, _limit);
        Interlocked.MemoryBarrier();
        if (!ServeRequests())
        {
            _exit = new VmExit { Kind = VmExitKind.Cancelled };
            return false;
        }

        if (MayTakeInterrupt && !_interruptShadow)
        {
            var vector = (byte)_pendingInterrupt;
            _pendingInterrupt = -1;
            bool isDelivered = TryDeliver(vector, errorCode: null, isSoftware: false, Rflags)
                || (_deliveryFailure is null && TryDeliverException());
            if (!isDelivered)
            {
                ShutDown();
                return false;
            }
        }

        if (_executed >= _limit)
        {
            _exit = new VmExit { Kind = VmExitKind.InstructionLimit };
            return false;
        }

        // One at a time where the guest or the host looks at each, behind sti, and where the limit ends inside of a block.
        bool isTraced = (_systemFlags & FlagTrap) != 0;
        bool isShadowed = _interruptShadow;
        _interruptShadow = false;
        if (isTraced || isShadowed || _debugging is not null || _limit - _executed < CodeBlock.MostInstructions)
        {
            PayAttention();
            return TryStepTraced(isTraced);
        }

        return true;
    }

    /// <summary>Whether an interrupt waits that the guest takes, so that it does not halt.</summary>
    internal bool WakesUp()
    {
        if (!MayTakeInterrupt)
            return false;

        PayAttention();
        return true;
    }

    private bool MayTakeInterrupt => _pendingInterrupt >= 0 && (_systemFlags & FlagInterrupt) != 0;

    /// <summary>The next instruction is executed before interrupts are taken.</summary>
    internal void ShadowInterrupts()
    {
        _interruptShadow = true;
        PayAttention();
    }
}
