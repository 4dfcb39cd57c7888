namespace Lodge.Memory.Tests;

public enum SpaceLie
{
    /// <summary>Success, and no bytes.</summary>
    EmptySlice,

    /// <summary>More bytes than were asked for.</summary>
    LongerSlice,

    /// <summary>A slice for reading, whatever was asked for.</summary>
    OnlyForReading,
}
