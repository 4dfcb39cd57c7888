namespace Lodge.Machines.Tests.Silicon;

/// <summary>How a machine is stopped where a case's code ends.</summary>
internal enum CaseStop
{
    /// <summary>At the int3 behind the code, by the host's debugger.</summary>
    Breakpoint,

    /// <summary>After the instruction, which is the only one, by the host's debugger.</summary>
    Step,

    /// <summary>In the guest's own handler of int3.</summary>
    Handler,
}
