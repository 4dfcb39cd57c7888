namespace Lodge.Paging;

/// <summary>Where the memory of an area comes from.</summary>
public enum SpaceAreaKind : byte
{
    /// <summary>From a range of the same length that somebody else owns.</summary>
    Linear = 0,

    /// <summary>From a frame allocator, all of it when the area is made.</summary>
    Eager,

    /// <summary>From a frame allocator, page by page when it is first used.</summary>
    Lazy,
}
