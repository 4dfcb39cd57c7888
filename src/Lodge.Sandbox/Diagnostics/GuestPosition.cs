namespace Lodge.Sandbox;

/// <summary>Where a guest was when it gave up. Where that was in the handler of an exception, it is the instruction that was
/// interrupted.</summary>
/// <param name="Location">The instruction.</param>
/// <param name="FaultAddress">What it could not access, where the exception was a page fault.</param>
internal readonly record struct GuestPosition(GuestLocation Location, GuestAddress? FaultAddress)
{
    private const byte PageFault = 14;

    // A gate of the IDT and the TSS (Intel SDM, volume 3, 6.14.1 and 7.7), and what the processor pushes last but the error code.
    private const int GateBytes = 16;
    private const int StackOfGateAt = 4;
    private const int StackMask = 7;
    private const int StacksOfTaskAt = 36;
    private const ulong FrameBytes = 40;

    // How far below its top a handler is expected to be.
    private const ulong MostStackBytes = 8 << 10;

    /// <summary>Finds out from the processor's tables, in which the guest may have written anything.</summary>
    /// <param name="machine">The machine, whose guest has stopped.</param>
    /// <param name="vector">The exception that the guest names; null where it names none, but may have been in the handler of a
    /// page fault all the same: memory was used up.</param>
    public static GuestPosition OfAbort(GuestMachine machine, byte? vector)
    {
        SystemRegisters system = machine.Cpu.SystemRegisters;
        if (machine.CreateVirtualMemory() is not { } memory
            || !TryReadFrame(memory, system, vector ?? PageFault, out ulong stackTop, out ulong rip)
            || (vector is null && stackTop - machine.Cpu.Registers.Rsp > MostStackBytes))
        {
            return new GuestPosition(machine.Locate(), vector == PageFault ? system.Cr2 : null);
        }

        return new GuestPosition(machine.Snapshot.Symbols.Locate(rip), vector is null or PageFault ? system.Cr2 : null);
    }

    /// <summary>Reads what the processor has pushed at an exception whose gate names a stack: there it always lies in the same
    /// place.</summary>
    private static bool TryReadFrame(
        PagedMemory memory, in SystemRegisters system, byte vector, out ulong stackTop, out ulong rip)
    {
        stackTop = rip = 0;
        int gate = vector * GateBytes;
        if (gate + GateBytes - 1 > system.Idt.Limit
            || !memory.TryRead(unchecked(system.Idt.Base + (ulong)gate + StackOfGateAt), out byte stack, out _)
            || (stack & StackMask) == 0)
        {
            return false;
        }

        ulong pointer = unchecked(system.Tr.Base + StacksOfTaskAt + (ulong)(((stack & StackMask) - 1) * sizeof(ulong)));
        if (!memory.TryRead(pointer, out stackTop, out _))
            return false;

        stackTop &= ~15UL;
        ulong frame = unchecked(stackTop - FrameBytes);
        return memory.TryRead(frame, out rip, out _)
            && memory.TryRead(unchecked(frame + sizeof(ulong)), out ulong codeSegment, out _)
            && codeSegment == system.Cs.Selector;
    }
}
