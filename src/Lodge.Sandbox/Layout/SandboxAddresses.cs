namespace Lodge.Sandbox;

/// <summary>The addresses that are the same in every sandbox: those of the Hyperlight guest ABI, 0.16 line, for x86-64.</summary>
/// <remarks>
/// <code>
/// guest-virtual                                  guest-physical
/// 0x4000            image, as it lies there      0x4000            image and what snapshots add
/// 0xFFFF8000_...    a terabyte that snapshots    ..._FFFFFFFF      scratch ends here, at 64 GiB
///                   leave out
/// 0xFFFFFD00_...    GDT, TSS, IDT
/// 0xFFFFFE00_...    main stack, down from
///                   0xFFFFFF00_...
/// ...               scratch, all of it, up to
///                   the last page
/// </code>
/// </remarks>
internal static class SandboxAddresses
{
    /// <summary>Guest-physical, and guest-virtual too: where the image begins.</summary>
    public const ulong Image = 0x4000;

    /// <summary>Guest-physical: the first address behind scratch.</summary>
    public const ulong ScratchEnd = 1UL << 36;

    /// <summary>Guest-virtual: the first address behind the window to scratch.</summary>
    public const ulong WindowEnd = 0xFFFF_FFFF_FFFF_F000;

    /// <summary>Guest-virtual: where snapshots look at nothing.</summary>
    public static readonly GuestRange Reserved = new(0xFFFF_8000_0000_0000, 1UL << 40);

    /// <summary>Guest-virtual: the address above the main stack, which the guest grows downwards.</summary>
    public const ulong StackTop = 0xFFFF_FF00_0000_0000;

    /// <summary>Guest-virtual: the lowest address of the main stack.</summary>
    public const ulong StackLimit = 0xFFFF_FE00_0000_0000;

    /// <summary>Guest-virtual: where the guest maps its descriptor tables.</summary>
    public const ulong DescriptorTables = 0xFFFF_FD00_0000_0000;
}
