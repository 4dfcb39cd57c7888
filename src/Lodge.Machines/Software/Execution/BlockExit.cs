namespace Lodge.Machines;

/// <summary>How a block was left.</summary>
internal enum BlockExit
{
    /// <summary>By its branch, to the target.</summary>
    Taken = 0,

    /// <summary>At its end.</summary>
    FallThrough = 1,

    /// <summary>To where RIP says.</summary>
    Jumped = 2,

    /// <summary>In the middle: <see cref="Processor.Stop"/> says why.</summary>
    Stopped = 3,
}
