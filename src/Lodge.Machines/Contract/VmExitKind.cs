namespace Lodge.Machines;

/// <summary>Why a vCPU stopped running guest code.</summary>
public enum VmExitKind : byte
{
    /// <summary>It has not run.</summary>
    None = 0,

    /// <summary>The guest reads an I/O port: give the value with <see cref="IVirtualCpu.Answer"/>, and run on.</summary>
    PortIn,

    /// <summary>The guest wrote to an I/O port.</summary>
    PortOut,

    /// <summary>The guest reads a physical address at which no memory is mapped: give the value with
    /// <see cref="IVirtualCpu.Answer"/>, and run on.</summary>
    MmioRead,

    /// <summary>The guest wrote to a physical address at which no memory is mapped, or only memory that is not
    /// writable.</summary>
    MmioWrite,

    /// <summary>The guest executed <c>hlt</c>. Running on continues behind it.</summary>
    Halt,

    /// <summary>The guest failed while it handled a failure (a triple fault): it cannot run on.</summary>
    Shutdown,

    /// <summary>A breakpoint or single step that the host asked for (<see cref="IVirtualCpu.SetDebugging"/>).</summary>
    Debug,

    /// <summary><see cref="IVirtualCpu.Cancel"/> was called. Running on continues where the guest was.</summary>
    Cancelled,

    /// <summary>The guest used up the instructions it was given (software engine).</summary>
    InstructionLimit,

    /// <summary>The engine cannot go on; <see cref="VmExit.Reason"/> says why.</summary>
    InternalError,
}
