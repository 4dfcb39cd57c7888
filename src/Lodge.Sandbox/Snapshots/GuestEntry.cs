namespace Lodge.Sandbox;

/// <summary>Where a guest is entered, and with which stack.</summary>
/// <param name="Address">Guest-virtual: where the binary begins, and once it has said so, where it takes calls.</param>
/// <param name="StackPointer">RSP.</param>
/// <param name="IsInitialized">Whether the guest has been run up to where it takes calls.</param>
internal readonly record struct GuestEntry(ulong Address, ulong StackPointer, bool IsInitialized);
