namespace Lodge.Machines;

/// <summary>Why a block was left in the middle.</summary>
internal enum StopKind
{
    None = 0,

    /// <summary>The instruction raises an exception.</summary>
    Exception,

    /// <summary>The host has something to do before the instruction can end.</summary>
    Device,

    /// <summary>The host has something to do, and the instruction has ended.</summary>
    Exit,

    /// <summary>The host's debugger has something to do before the instruction.</summary>
    Breakpoint,

    /// <summary>The instruction has to be executed by itself: it writes to code that may be the block's own, or it is traced
    /// and says so only when it is executed.</summary>
    Alone,

    /// <summary>The instruction has done a part of its work and is to be executed again.</summary>
    Again,
}
