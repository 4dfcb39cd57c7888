namespace Lodge.Memory;

/// <summary>What became of a transfer between guest memory and something outside.</summary>
/// <param name="Bytes">How many bytes were moved.</param>
/// <param name="Fault">What ended it early on the guest's side; <see cref="FaultKind.None"/> where it ended because all was done,
/// or because the other side had no more.</param>
public readonly record struct TransferResult(ulong Bytes, AccessFault Fault)
{
    /// <summary>Whether the guest's side had a fault.</summary>
    public bool IsFault => Fault.Kind != FaultKind.None;
}
