namespace Lodge.Sandbox;

/// <summary>The ports by which guests talk to their host: 32-bit writes.</summary>
internal static class GuestPorts
{
    /// <summary>A log record is on the output buffer.</summary>
    public const ushort Log = 99;

    /// <summary>A call of a function of the host is on the output buffer.</summary>
    public const ushort HostCall = 101;

    /// <summary>Up to three bytes of what a guest says when it gives up.</summary>
    public const ushort Abort = 102;

    /// <summary>A character for a person to read.</summary>
    public const ushort Print = 103;

    /// <summary>The first of the ports for traces, which are passed over.</summary>
    public const ushort FirstTrace = 104;

    /// <summary>The last of them, and of those that are passed over.</summary>
    public const ushort Timer = 107;

    /// <summary>The guest is done.</summary>
    public const ushort Halt = 108;
}
