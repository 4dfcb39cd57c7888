using static Lodge.Machines.ControlBits;

namespace Lodge.Machines;

/// <summary>Instructions that kernels use. Those that change how code is executed end their block.</summary>
internal static class SystemInstructions
{
    // The breakpoints that were met, BD, BS and BT; and what is watched, LE, GE and GD. Only newer processors have more.
    private const ulong Dr6Writable = 0xE00F;
    private const ulong Dr7Writable = 0xFFFF_23FF;

    /// <summary>An instruction that processors may know and this one does not.</summary>
    public static BlockExit Unknown(Processor cpu, ref MicroOp op)
    {
        cpu.NoteUnknown(cpu.AddressOf(ref op), op.Length);
        return cpu.Raise(ref op, ExceptionVector.InvalidOpcode);
    }

    public static BlockExit Undefined(Processor cpu, ref MicroOp op) => cpu.Raise(ref op, ExceptionVector.InvalidOpcode);

    /// <summary>What nobody may do here, and what has more than 15 bytes.</summary>
    public static BlockExit Forbidden(Processor cpu, ref MicroOp op) => cpu.RaiseGeneralProtection(ref op);

    /// <summary><c>clflush</c>: reads a byte, and means nothing more here.</summary>
    public static BlockExit FlushLine(Processor cpu, ref MicroOp op)
        => cpu.TryRead<Size8>(ref op, FullAddress.Of(cpu, ref op), out _) ? MicroOp.Next(cpu, ref op) : BlockExit.Stopped;

    public static BlockExit Halt(Processor cpu, ref MicroOp op)
    {
        if (!cpu.IsKernel)
            return cpu.RaiseGeneralProtection(ref op);

        if (!cpu.WakesUp())
            return cpu.StopAfter(ref op, new VmExit { Kind = VmExitKind.Halt });

        return Continue(cpu, ref op);
    }

    public static BlockExit ClearInterrupts(Processor cpu, ref MicroOp op)
    {
        if (cpu.PrivilegeLevel > cpu.IoPrivilegeLevel)
            return cpu.RaiseGeneralProtection(ref op);

        cpu.SetSystemFlags(cpu.SystemFlags & ~FlagInterrupt);
        return MicroOp.Next(cpu, ref op);
    }

    public static BlockExit SetInterrupts(Processor cpu, ref MicroOp op)
    {
        if (cpu.PrivilegeLevel > cpu.IoPrivilegeLevel)
            return cpu.RaiseGeneralProtection(ref op);

        if ((cpu.SystemFlags & FlagInterrupt) == 0)
        {
            cpu.ChangeSystemFlags(cpu.SystemFlags | FlagInterrupt);
            cpu.ShadowInterrupts();
        }

        return Continue(cpu, ref op);
    }

    /// <summary><c>stac</c> and <c>clac</c>; <see cref="MicroOp.Extra"/> is 1 for the first.</summary>
    public static BlockExit ChangeAlignmentCheck(Processor cpu, ref MicroOp op)
    {
        if (!cpu.IsKernel)
            return cpu.Raise(ref op, ExceptionVector.InvalidOpcode);

        ulong flags = cpu.SystemFlags & ~FlagAlignmentCheck;
        cpu.ChangeSystemFlags(op.Extra != 0 ? flags | FlagAlignmentCheck : flags);
        return Continue(cpu, ref op);
    }

    /// <summary><c>int n</c>, <c>int3</c> and <c>int1</c>; the immediate is the vector, <see cref="MicroOp.Extra"/> is 1 for
    /// <c>int1</c>.</summary>
    public static BlockExit Interrupt(Processor cpu, ref MicroOp op)
    {
        if (op.Immediate == (int)ExceptionVector.Breakpoint && op.Length == 1 && cpu.StopsAtBreakpoints)
            return cpu.StopBefore(ref op, new VmExit { Kind = VmExitKind.Debug, Address = cpu.AddressOf(ref op) });

        return cpu.DeliverSoftwareInterrupt(ref op, (byte)op.Immediate, isSoftware: op.Extra == 0);
    }

    public static BlockExit InterruptReturn16(Processor cpu, ref MicroOp op) => cpu.ReturnFromInterrupt(ref op, 2);

    public static BlockExit InterruptReturn32(Processor cpu, ref MicroOp op) => cpu.ReturnFromInterrupt(ref op, 4);

    public static BlockExit InterruptReturn64(Processor cpu, ref MicroOp op) => cpu.ReturnFromInterrupt(ref op, 8);

    /// <summary><c>retf</c>; <see cref="MicroOp.Extra"/> is the operand size, the immediate what is taken from the stack
    /// besides.</summary>
    public static BlockExit ReturnFar(Processor cpu, ref MicroOp op) => cpu.ReturnFar(ref op, op.Extra, (uint)op.Immediate);

    /// <summary><c>jmp</c> and <c>call</c> through a pointer with a selector. <see cref="MicroOp.Extra"/> is the size of the
    /// offset,
    /// <see cref="MicroOp.Source"/> is 1 for calls.</summary>
    public static BlockExit JumpFar(Processor cpu, ref MicroOp op)
    {
        ulong address = FullAddress.Of(cpu, ref op);
        if (!cpu.ReadSlow(ref op, address, op.Extra + 2))
            return BlockExit.Stopped;

        var target = (ulong)(cpu.Scratch & ((UInt128.One << (8 * op.Extra)) - 1));
        var selector = (ushort)(cpu.Scratch >> (8 * op.Extra));
        return cpu.JumpFar(ref op, selector, target, isCall: op.Source != 0, op.Extra);
    }

    public static BlockExit Syscall(Processor cpu, ref MicroOp op) => cpu.Syscall(ref op);

    /// <summary><c>sysret</c>; <see cref="MicroOp.Extra"/> is 1 for 64-bit code.</summary>
    public static BlockExit Sysret(Processor cpu, ref MicroOp op) => cpu.Sysret(ref op, isLong: op.Extra != 0);

    public static BlockExit SwapGs(Processor cpu, ref MicroOp op)
    {
        if (!cpu.IsKernel)
            return cpu.RaiseGeneralProtection(ref op);

        ref ulong gs = ref cpu[RegisterFile.GsBase];
        (gs, cpu.KernelGsBase) = (cpu.KernelGsBase, gs);
        return MicroOp.Next(cpu, ref op);
    }

    /// <summary><c>mov</c> from a control register, whose number is <see cref="MicroOp.Extra"/>.</summary>
    public static BlockExit ReadControl(Processor cpu, ref MicroOp op)
    {
        if (!cpu.TryGetControl(op.Extra, out ulong value))
            return cpu.Raise(ref op, ExceptionVector.InvalidOpcode);

        if (!cpu.IsKernel)
            return cpu.RaiseGeneralProtection(ref op);

        cpu.Register<ulong>(op.Destination) = value;
        return MicroOp.Next(cpu, ref op);
    }

    /// <summary><c>mov</c> to a control register.</summary>
    public static BlockExit WriteControl(Processor cpu, ref MicroOp op)
    {
        if (!cpu.TryGetControl(op.Extra, out _))
            return cpu.Raise(ref op, ExceptionVector.InvalidOpcode);

        if (!cpu.IsKernel || !cpu.TrySetControl(op.Extra, cpu.Register<ulong>(op.Source)))
            return cpu.RaiseGeneralProtection(ref op);

        return Continue(cpu, ref op);
    }

    /// <summary><c>mov</c> from a debug register, whose number is <see cref="MicroOp.Extra"/>.</summary>
    public static BlockExit ReadDebug(Processor cpu, ref MicroOp op)
    {
        if (!HasDebugRegister(cpu, op.Extra))
            return cpu.Raise(ref op, ExceptionVector.InvalidOpcode);

        if (!cpu.IsKernel)
            return cpu.RaiseGeneralProtection(ref op);

        DebugRegisters debug = cpu.Debug;
        cpu.Register<ulong>(op.Destination) = op.Extra switch
        {
            0 => debug.Dr0,
            1 => debug.Dr1,
            2 => debug.Dr2,
            3 => debug.Dr3,
            4 or 6 => debug.Dr6,
            _ => debug.Dr7,
        };
        return MicroOp.Next(cpu, ref op);
    }

    /// <summary><c>mov</c> to a debug register. The guest's breakpoints are kept and not watched.</summary>
    public static BlockExit WriteDebug(Processor cpu, ref MicroOp op)
    {
        if (!HasDebugRegister(cpu, op.Extra))
            return cpu.Raise(ref op, ExceptionVector.InvalidOpcode);

        ulong value = cpu.Register<ulong>(op.Source);
        bool isStatus = op.Extra >= 4;
        if (!cpu.IsKernel || (isStatus && value >> 32 != 0))
            return cpu.RaiseGeneralProtection(ref op);

        ref DebugRegisters debug = ref cpu.Debug;
        switch (op.Extra)
        {
            case 0:
                debug.Dr0 = value;
                break;
            case 1:
                debug.Dr1 = value;
                break;
            case 2:
                debug.Dr2 = value;
                break;
            case 3:
                debug.Dr3 = value;
                break;
            case 4 or 6:
                debug.Dr6 = (value & Dr6Writable) | DebugRegisters.InitialDr6;
                break;
            default:
                debug.Dr7 = (value & Dr7Writable) | DebugRegisters.InitialDr7;
                break;
        }

        return MicroOp.Next(cpu, ref op);
    }

    public static BlockExit ReadMsr(Processor cpu, ref MicroOp op)
    {
        if (!cpu.IsKernel || !cpu.TryGetMsr((uint)cpu[RegisterFile.Rcx], out ulong value))
            return cpu.RaiseGeneralProtection(ref op);

        SetPair(cpu, value);

        // As with rdtsc: counts are exact where a block ends.
        return Continue(cpu, ref op);
    }

    public static BlockExit WriteMsr(Processor cpu, ref MicroOp op)
    {
        ulong value = (cpu[RegisterFile.Rdx] << 32) | (uint)cpu[RegisterFile.Rax];
        if (!cpu.IsKernel || !cpu.TrySetMsr((uint)cpu[RegisterFile.Rcx], value))
            return cpu.RaiseGeneralProtection(ref op);

        return Continue(cpu, ref op);
    }

    /// <summary><c>rdtsc</c> and <c>rdtscp</c>; <see cref="MicroOp.Extra"/> is 1 for the latter. It ends the block, so that the
    /// count of instructions is the right one.</summary>
    public static BlockExit ReadTimeStamp(Processor cpu, ref MicroOp op)
    {
        if (!cpu.IsKernel && (cpu.System.Cr4 & Cr4TimeStampDisable) != 0)
            return cpu.RaiseGeneralProtection(ref op);

        SetPair(cpu, cpu.TimeStamp);
        if (op.Extra != 0 && cpu.TryGetMsr(Msr.TscAux, out ulong aux))
            cpu[RegisterFile.Rcx] = aux;

        return Continue(cpu, ref op);
    }

    public static BlockExit Identify(Processor cpu, ref MicroOp op)
    {
        (uint eax, uint ebx, uint ecx, uint edx) =
            ProcessorModel.Get((uint)cpu[RegisterFile.Rax], (uint)cpu[RegisterFile.Rcx]);
        cpu[RegisterFile.Rax] = eax;
        cpu[RegisterFile.Rbx] = ebx;
        cpu[RegisterFile.Rcx] = ecx;
        cpu[RegisterFile.Rdx] = edx;
        return MicroOp.Next(cpu, ref op);
    }

    public static BlockExit InvalidatePage(Processor cpu, ref MicroOp op)
    {
        if (!cpu.IsKernel)
            return cpu.RaiseGeneralProtection(ref op);

        cpu.FlushTlb(FullAddress.Of(cpu, ref op));
        return Continue(cpu, ref op);
    }

    /// <summary>What only kernels may say and means nothing here: caches.</summary>
    public static BlockExit NothingInKernel(Processor cpu, ref MicroOp op)
        => cpu.IsKernel ? MicroOp.Next(cpu, ref op) : cpu.RaiseGeneralProtection(ref op);

    public static BlockExit Fence(Processor cpu, ref MicroOp op)
    {
        Interlocked.MemoryBarrier();
        return MicroOp.Next(cpu, ref op);
    }

    public static BlockExit ClearTaskSwitched(Processor cpu, ref MicroOp op)
    {
        if (!cpu.IsKernel)
            return cpu.RaiseGeneralProtection(ref op);

        cpu.System.Cr0 &= ~Cr0TaskSwitched;
        return MicroOp.Next(cpu, ref op);
    }

    /// <summary><c>lgdt</c> and <c>lidt</c>; <see cref="MicroOp.Extra"/> is 1 for the latter.</summary>
    public static BlockExit LoadTable(Processor cpu, ref MicroOp op)
    {
        if (!cpu.IsKernel)
            return cpu.RaiseGeneralProtection(ref op);

        if (!cpu.ReadSlow(ref op, FullAddress.Of(cpu, ref op), 10))
            return BlockExit.Stopped;

        var table = new DescriptorTable { Limit = (ushort)cpu.Scratch, Base = (ulong)(cpu.Scratch >> 16) };
        if (!cpu.IsCanonical(table.Base))
            return cpu.RaiseGeneralProtection(ref op);

        if (op.Extra != 0)
            cpu.System.Idt = table;
        else
            cpu.System.Gdt = table;

        return MicroOp.Next(cpu, ref op);
    }

    /// <summary><c>sgdt</c> and <c>sidt</c>; <see cref="MicroOp.Extra"/> is 1 for the latter.</summary>
    public static BlockExit StoreTable(Processor cpu, ref MicroOp op)
    {
        if (IsPrevented(cpu))
            return cpu.RaiseGeneralProtection(ref op);

        DescriptorTable table = op.Extra != 0 ? cpu.System.Idt : cpu.System.Gdt;
        UInt128 value = ((UInt128)table.Base << 16) | table.Limit;
        return cpu.WriteSlow(ref op, FullAddress.Of(cpu, ref op), 10, value) ? MicroOp.Next(cpu, ref op) : BlockExit.Stopped;
    }

    /// <summary><c>ltr</c> and <c>lldt</c> of a register; <see cref="MicroOp.Extra"/> is 1 for the former.</summary>
    public static BlockExit LoadSystemSegment(Processor cpu, ref MicroOp op)
        => LoadSystemSegment(cpu, ref op, cpu.Register<ushort>(op.Source));

    /// <summary><c>ltr</c> and <c>lldt</c> of memory.</summary>
    public static BlockExit LoadSystemSegmentFromMemory(Processor cpu, ref MicroOp op)
    {
        if (!cpu.IsKernel)
            return cpu.RaiseGeneralProtection(ref op);

        return cpu.ReadSlow(ref op, FullAddress.Of(cpu, ref op), 2)
            ? LoadSystemSegment(cpu, ref op, (ushort)cpu.Scratch)
            : BlockExit.Stopped;
    }

    private static BlockExit LoadSystemSegment(Processor cpu, ref MicroOp op, ushort selector)
    {
        if (!cpu.IsKernel)
            return cpu.RaiseGeneralProtection(ref op);

        return cpu.TryLoadSystemSegment(selector, isTask: op.Extra != 0) ? MicroOp.Next(cpu, ref op) : cpu.RaisePending(ref op);
    }

    /// <summary>Goes on behind the instruction, in another block.</summary>
    private static BlockExit Continue(Processor cpu, ref MicroOp op)
    {
        cpu.Rip = cpu.AddressAfter(ref op);
        return BlockExit.Jumped;
    }

    /// <summary>Without CR4.DE, DR4 and DR5 are other names of DR6 and DR7.</summary>
    private static bool HasDebugRegister(Processor cpu, int number)
        => number is not (4 or 5) || (cpu.System.Cr4 & Cr4DebuggingExtensions) == 0;

    private static void SetPair(Processor cpu, ulong value)
    {
        cpu[RegisterFile.Rax] = (uint)value;
        cpu[RegisterFile.Rdx] = value >> 32;
    }

    private static bool IsPrevented(Processor cpu) => !cpu.IsKernel && (cpu.System.Cr4 & Cr4UserModePrevention) != 0;
}
