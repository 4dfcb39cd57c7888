namespace Lodge.Machines;

/// <summary>What the Windows Hypervisor Platform lets the guest do with a range (<c>WHV_MAP_GPA_RANGE_FLAGS</c>).</summary>
[Flags]
public enum WhpSlotFlags : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The guest reads (<c>WHvMapGpaRangeFlagRead</c>).</summary>
    Read = 1 << 0,

    /// <summary>The guest writes (<c>WHvMapGpaRangeFlagWrite</c>).</summary>
    Write = 1 << 1,

    /// <summary>The guest executes (<c>WHvMapGpaRangeFlagExecute</c>).</summary>
    Execute = 1 << 2,

    /// <summary>The guest's writes are logged (<c>WHvMapGpaRangeFlagTrackDirtyPages</c>).</summary>
    TrackDirtyPages = 1 << 3,
}
