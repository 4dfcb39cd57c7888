using System.ComponentModel;

namespace Lodge.Memory;

/// <summary>A system call on host memory failed: the message says what was attempted and what the system answered.</summary>
public sealed class HostMemoryException : Exception
{
    /// <summary>The exception for a system call that was part of <paramref name="attempt"/> and failed with
    /// <paramref name="errorCode"/>.</summary>
    /// <param name="attempt">What was being done, as "map 4096 bytes".</param>
    /// <param name="errorCode">errno, or the Windows error code.</param>
    /// <param name="advice">What the user can do about it, or nothing.</param>
    public HostMemoryException(string attempt, int errorCode, string? advice = null)
        : base($"Could not {attempt}: {new Win32Exception(errorCode).Message} (error {errorCode}).{(advice is null ? "" : " " + advice)}")
        => ErrorCode = errorCode;

    /// <summary>The exception with a message of the caller's.</summary>
    public HostMemoryException(string message)
        : base(message)
    {
    }

    /// <summary>The exception with a message of the caller's and what caused it.</summary>
    public HostMemoryException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>An exception without facts.</summary>
    public HostMemoryException()
    {
    }

    /// <summary>errno, or the Windows error code; 0 where no system call failed.</summary>
    public int ErrorCode { get; }
}
