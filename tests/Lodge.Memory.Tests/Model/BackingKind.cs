namespace Lodge.Memory.Tests.Model;

/// <summary>What memory is behind a region.</summary>
internal enum BackingKind
{
    Arena,
    Anonymous,

    /// <summary>A pointer that agrees with the guest address in its lowest three bits and in no others.</summary>
    Borrowed,
}
