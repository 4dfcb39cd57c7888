namespace Lodge.Paging;

/// <summary>What a walk does with accessed and dirty bits.</summary>
public enum AccessedDirty : byte
{
    /// <summary>Nothing: it only looks. For debuggers, dumps, and hosts that read a guest's memory.</summary>
    Ignore = 0,

    /// <summary>It sets them by compare-exchange, as a processor does that keeps them: for emulators.</summary>
    Update,

    /// <summary>It fails where they are clear, as a processor does that leaves them to software.</summary>
    Require,
}
