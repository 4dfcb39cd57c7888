namespace Lodge.Machines;

/// <summary>An x86-64 processor of a machine.</summary>
/// <remarks>
/// <para>One thread at a time uses a vCPU; only <see cref="Cancel"/> may be called by any. Which thread it is may change
/// between calls.</para>
/// <para>After <see cref="VmExitKind.PortIn"/>, <see cref="VmExitKind.PortOut"/>, <see cref="VmExitKind.MmioRead"/> and
/// <see cref="VmExitKind.MmioWrite"/> the instruction may not be over: it ends when the vCPU runs again, and until then RIP and the
/// registers that it changes may still be the old ones. Setting another RIP, or the system registers, gives it up.</para>
/// </remarks>
public interface IVirtualCpu : IDisposable
{
    /// <summary>The machine that it belongs to.</summary>
    IVirtualMachine Machine { get; }

    /// <summary>The general registers, RIP and RFLAGS.</summary>
    GeneralRegisters Registers { get; set; }

    /// <summary>The segments, descriptor tables, control registers and EFER. Setting them forgets cached translations.</summary>
    /// <exception cref="MachineException">The engine does not take them: a control register has bits that its processor does not
    /// have.</exception>
    SystemRegisters SystemRegisters { get; set; }

    /// <summary>The guest's own debug registers.</summary>
    DebugRegisters DebugRegisters { get; set; }

    /// <summary>The x87 and SSE registers.</summary>
    /// <exception cref="ArgumentException">MXCSR has reserved bits.</exception>
    FpuRegisters FpuRegisters { get; set; }

    /// <summary>The bytes of the XSAVE area that <see cref="GetXsave"/> gives.</summary>
    int XsaveSize { get; }

    /// <summary>Reads a model-specific register; <see cref="Msr"/> names the usual ones.</summary>
    /// <returns>Whether the engine has it.</returns>
    bool TryGetMsr(uint index, out ulong value);

    /// <summary>Writes a model-specific register.</summary>
    /// <returns>Whether the engine has it and takes the value.</returns>
    bool TrySetMsr(uint index, ulong value);

    /// <summary>Reads all of the FPU's state in XSAVE's standard format (Intel SDM, volume 1, 13.4).</summary>
    /// <param name="destination">Where it goes; at least <see cref="XsaveSize"/> bytes.</param>
    void GetXsave(Span<byte> destination);

    /// <summary>Writes what <see cref="GetXsave"/> gave.</summary>
    /// <param name="source">The area; at least 576 bytes.</param>
    /// <exception cref="ArgumentException">The area is too short, or has what this vCPU does not know.</exception>
    void SetXsave(ReadOnlySpan<byte> source);

    /// <summary>Makes as it was when the vCPU was made what a guest can change of it and the properties here do not set: all
    /// model-specific registers but those that are among the system registers, XCR0, events and interrupts that wait. For hosts
    /// that give a vCPU to another guest; before they set the rest.</summary>
    /// <exception cref="MachineException">The engine failed.</exception>
    void ResetHiddenState();

    /// <summary>Runs guest code until there is something for the host to do.</summary>
    /// <exception cref="InvalidOperationException">It runs already.</exception>
    /// <exception cref="MachineException">The engine failed.</exception>
    VmExit Run();

    /// <summary>Says what the guest reads, after <see cref="VmExitKind.PortIn"/> and <see cref="VmExitKind.MmioRead"/>. Without
    /// an answer it reads ones, as where no device is; of several the last one counts.</summary>
    /// <param name="value">The value, in the lowest <see cref="VmExit.Size"/> bytes.</param>
    /// <exception cref="InvalidOperationException">The guest does not wait for a value.</exception>
    void Answer(ulong value);

    /// <summary>Asks for an external interrupt, which the guest takes as soon as it allows interrupts.</summary>
    /// <param name="vector">The interrupt vector, 16 to 255.</param>
    /// <returns>False while an earlier one is still waiting.</returns>
    bool TryInterrupt(byte vector);

    /// <summary>Makes the vCPU stop for the host's debugger, or not any more with null.</summary>
    void SetDebugging(GuestDebugging? debugging);

    /// <summary>Makes <see cref="Run"/> return <see cref="VmExitKind.Cancelled"/>: the one that is running, or else the next
    /// one. May be called from any thread.</summary>
    void Cancel();
}
