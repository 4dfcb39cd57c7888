namespace Lodge.Sandbox.Tests;

/// <summary>How a call of a hostile guest may end: with a result, or with an exception that is documented.</summary>
[Flags]
public enum Outcomes
{
    None = 0,

    /// <summary>A result. The sandbox is ready.</summary>
    Value = 1,

    /// <summary><see cref="GuestErrorException"/>. The sandbox is ready.</summary>
    Error = 2,

    /// <summary>A result of another type than was wanted. The sandbox is ready.</summary>
    OtherType = 4,

    /// <summary><see cref="GuestCrashedException"/>. The sandbox is poisoned.</summary>
    Crashed = 8,

    /// <summary><see cref="GuestAbortedException"/>. The sandbox is poisoned.</summary>
    Aborted = 16,

    /// <summary><see cref="GuestTimeoutException"/>. The sandbox is poisoned.</summary>
    TimedOut = 32,

    /// <summary><see cref="OperationCanceledException"/>. The sandbox is poisoned.</summary>
    Cancelled = 64,

    /// <summary>The guest was stopped by what it did, one way or the other.</summary>
    Stopped = Crashed | Aborted,

    /// <summary>The sandbox is ready afterwards.</summary>
    Ready = Value | Error | OtherType,

    /// <summary>Anything that is documented.</summary>
    Any = Ready | Stopped | TimedOut | Cancelled,
}
