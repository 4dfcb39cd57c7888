namespace Lodge.Machines;

/// <summary>What a processor is asked to do when it looks up from its work.</summary>
[Flags]
internal enum SoftwareRequests
{
    None = 0,

    /// <summary>Stop running.</summary>
    Cancel = 1,

    /// <summary>Forget what may be written without asking.</summary>
    DropWrites = 2,

    /// <summary>Look addresses of code up again.</summary>
    ForgetCode = 4,

    /// <summary>Take the machine's slots as they are now.</summary>
    Reload = 8,

    /// <summary>Forget every translation.</summary>
    FlushTlb = 16,
}
