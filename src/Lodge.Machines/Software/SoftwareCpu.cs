using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary>A vCPU of the software engine.</summary>
/// <remarks>
/// <para>It executes 64-bit mode, as <see cref="SoftwareEngine"/> describes, one instruction as if after the other: counts of
/// instructions are exact, and a guest that asks for nothing from outside does the same in every run. A repeated string
/// instruction counts as one.</para>
/// <para>Like a processor it keeps translations until it is told that tables have changed: guests do that as they do on
/// processors, and a host that changes a guest's page tables says so by <see cref="ITlb"/>. Code that the host changes is noticed
/// when the vCPU runs the next time.</para>
/// </remarks>
public sealed class SoftwareCpu : IVirtualCpu, ITlb
{
    private const int LegacyXsaveBytes = 512;
    private const int XsaveHeaderBytes = 64;
    private const ulong X87AndSse = 3;

    private readonly SoftwareMachine _machine;
    private volatile bool _isDisposed;

    internal SoftwareCpu(SoftwareMachine machine)
    {
        _machine = machine;
        Processor = new Processor(machine, machine.Options);
    }

    internal Processor Processor { get; }

    /// <inheritdoc/>
    public IVirtualMachine Machine => _machine;

    /// <summary>How many instructions it has executed. The delivery of an exception counts as one.</summary>
    public ulong InstructionsExecuted => Processor.Executed;

    /// <summary>The count of <see cref="InstructionsExecuted"/> at which <see cref="Run"/> returns
    /// <see cref="VmExitKind.InstructionLimit"/>; none by default.</summary>
    public ulong InstructionLimit
    {
        get => Processor.Limit;
        set
        {
            using IdleHold hold = Hold();
            Processor.Limit = value;
        }
    }

    /// <inheritdoc/>
    public GeneralRegisters Registers
    {
        get
        {
            using IdleHold hold = Hold();
            return Processor.GetGeneral();
        }

        set
        {
            using IdleHold hold = Hold();
            Processor.SetGeneral(value);
        }
    }

    /// <inheritdoc/>
    public SystemRegisters SystemRegisters
    {
        get
        {
            using IdleHold hold = Hold();
            return Processor.GetSystem();
        }

        set
        {
            using IdleHold hold = Hold();
            Processor.SetSystem(value);
        }
    }

    /// <inheritdoc/>
    public DebugRegisters DebugRegisters
    {
        get
        {
            using IdleHold hold = Hold();
            return Processor.Debug;
        }

        set
        {
            using IdleHold hold = Hold();
            Processor.Debug = value;
        }
    }

    /// <inheritdoc/>
    public FpuRegisters FpuRegisters
    {
        get
        {
            using IdleHold hold = Hold();
            return Processor.GetFpu();
        }

        set
        {
            using IdleHold hold = Hold();
            SetFpu(value, nameof(value));
        }
    }

    /// <inheritdoc/>
    public int XsaveSize => LegacyXsaveBytes + XsaveHeaderBytes;

    /// <inheritdoc/>
    public bool TryGetMsr(uint index, out ulong value)
    {
        using IdleHold hold = Hold();
        return Processor.TryGetMsr(index, out value);
    }

    /// <inheritdoc/>
    public bool TrySetMsr(uint index, ulong value)
    {
        using IdleHold hold = Hold();
        return Processor.TrySetMsr(index, value);
    }

    /// <inheritdoc/>
    public void GetXsave(Span<byte> destination)
    {
        using IdleHold hold = Hold();
        if (destination.Length < XsaveSize)
        {
            throw new ArgumentException(
                $"The area has {destination.Length} bytes, and the state {XsaveSize}.", nameof(destination));
        }

        destination[..XsaveSize].Clear();
        FxsaveImage.Write(Processor.GetFpu(), destination);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[LegacyXsaveBytes..], X87AndSse);
    }

    /// <inheritdoc/>
    public void SetXsave(ReadOnlySpan<byte> source)
    {
        using IdleHold hold = Hold();
        if (source.Length < XsaveSize)
            throw new ArgumentException($"The area has {source.Length} bytes, and the state {XsaveSize}.", nameof(source));

        ulong present = BinaryPrimitives.ReadUInt64LittleEndian(source[LegacyXsaveBytes..]);
        ulong compacted = BinaryPrimitives.ReadUInt64LittleEndian(source[(LegacyXsaveBytes + 8)..]);
        if ((present & ~X87AndSse) != 0 || compacted != 0)
        {
            throw new ArgumentException(
                $"The area has the components 0x{present:x} (compacted: 0x{compacted:x}), and this vCPU has x87 and SSE.",
                nameof(source));
        }

        if (source[XsaveSize..].ContainsAnyExcept((byte)0))
            throw new ArgumentException($"The area has more than the {XsaveSize} bytes of this vCPU's state.", nameof(source));

        SetFpu(FxsaveImage.Read(source), nameof(source));
    }

    /// <inheritdoc/>
    public void ResetHiddenState()
    {
        using IdleHold hold = Hold();
        Processor.ResetHiddenState();
    }

    /// <inheritdoc/>
    public VmExit Run()
    {
        if (!Processor.TryBeginRunning())
            throw new InvalidOperationException("The vCPU runs already.");

        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return Processor.Run();
        }
        finally
        {
            Processor.GiveBack();

            // Its slots hold the memory that the TLB leads to.
            GC.KeepAlive(_machine);
        }
    }

    /// <inheritdoc/>
    public void Answer(ulong value)
    {
        using IdleHold hold = Hold();
        if (!Processor.AwaitsAnswer)
            throw new InvalidOperationException("The guest does not wait for a value.");

        Processor.Answer(value);
    }

    /// <inheritdoc/>
    public bool TryInterrupt(byte vector)
    {
        using IdleHold hold = Hold();
        ArgumentOutOfRangeException.ThrowIfLessThan(vector, 16);
        if (Processor.HasPendingInterrupt)
            return false;

        Processor.SetPendingInterrupt(vector);
        return true;
    }

    /// <inheritdoc/>
    public void SetDebugging(GuestDebugging? debugging)
    {
        using IdleHold hold = Hold();
        Processor.SetDebugging(debugging);
    }

    /// <inheritdoc/>
    public void Cancel() => Processor.Request(SoftwareRequests.Cancel);

    /// <summary>Forgets the translations of a range of guest-virtual addresses, also while it runs.</summary>
    public void Flush(GuestRange range) => FlushAll();

    /// <summary>Forgets every translation, also while it runs.</summary>
    public void FlushAll() => Processor.RequestAndWait(SoftwareRequests.FlushTlb, asking: null);

    /// <summary>Disposes of the vCPU.</summary>
    /// <exception cref="InvalidOperationException">It runs.</exception>
    public void Dispose() => _machine.Remove(this);

    /// <summary>Ends its life. The machine calls it under its lock.</summary>
    internal void DisposeUnsynchronized()
    {
        // As a run of its own, so that none can begin meanwhile.
        if (!Processor.TryBeginRunning())
            ThrowRunning();

        _isDisposed = true;
        Processor.GiveBack();
    }

    internal void ThrowIfRunning()
    {
        if (Processor.IsRunning)
            ThrowRunning();
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThrowRunning()
        => throw new InvalidOperationException("The vCPU runs: cancel it, and wait until Run has returned.");

    private void SetFpu(in FpuRegisters registers, string parameter)
    {
        if (!FxsaveImage.IsMxcsrValid(registers.Mxcsr))
            throw new ArgumentException($"MXCSR 0x{registers.Mxcsr:x} has bits that the processor does not know.", parameter);

        Processor.SetFpu(registers);
    }

    /// <summary>Takes the processor, which other threads serve as long as it does not run: when slots change they set up anew
    /// what is set here.</summary>
    private IdleHold Hold()
    {
        if (!Processor.TryTake())
            ThrowRunning();

        if (_isDisposed)
        {
            Processor.GiveBack();
            ObjectDisposedException.ThrowIf(_isDisposed, this);
        }

        return new IdleHold(Processor);
    }
}
