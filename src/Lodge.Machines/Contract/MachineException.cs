using System.ComponentModel;

namespace Lodge.Machines;

/// <summary>An engine failed the host: the message says what was attempted and what the system answered.</summary>
public sealed class MachineException : Exception
{
    /// <summary>The exception for a system call that was part of <paramref name="attempt"/> and failed with
    /// <paramref name="errorCode"/>.</summary>
    /// <param name="attempt">What was being done, as "create a vCPU (KVM_CREATE_VCPU)".</param>
    /// <param name="errorCode">errno.</param>
    /// <param name="advice">What the user can do about it, or nothing.</param>
    public MachineException(string attempt, int errorCode, string? advice = null)
        : base($"Could not {attempt}: {new Win32Exception(errorCode).Message} (error {errorCode})."
            + (advice is null ? "" : " " + advice))
        => ErrorCode = errorCode;

    /// <summary>The exception with a message of the caller's.</summary>
    public MachineException(string message)
        : base(message)
    {
    }

    /// <summary>The exception with a message of the caller's and what caused it.</summary>
    public MachineException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>An exception without facts.</summary>
    public MachineException()
    {
    }

    /// <summary>errno; 0 where no system call failed.</summary>
    public int ErrorCode { get; }
}
