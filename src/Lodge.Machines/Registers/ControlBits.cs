namespace Lodge.Machines;

/// <summary>Bits of the control registers, EFER and RFLAGS (Intel SDM, volume 3, 2.5 and 2.2.1; volume 1, 3.4.3).</summary>
internal static class ControlBits
{
    public const ulong Cr0ProtectionEnable = 1UL << 0;
    public const ulong Cr0MonitorCoprocessor = 1UL << 1;
    public const ulong Cr0Emulation = 1UL << 2;
    public const ulong Cr0TaskSwitched = 1UL << 3;
    public const ulong Cr0ExtensionType = 1UL << 4;
    public const ulong Cr0NumericError = 1UL << 5;
    public const ulong Cr0WriteProtect = 1UL << 16;
    public const ulong Cr0AlignmentMask = 1UL << 18;
    public const ulong Cr0NotWriteThrough = 1UL << 29;
    public const ulong Cr0CacheDisable = 1UL << 30;
    public const ulong Cr0Paging = 1UL << 31;

    public const ulong Cr4TimeStampDisable = 1UL << 2;
    public const ulong Cr4DebuggingExtensions = 1UL << 3;
    public const ulong Cr4PageSizeExtension = 1UL << 4;
    public const ulong Cr4PhysicalAddressExtension = 1UL << 5;
    public const ulong Cr4PageGlobal = 1UL << 7;
    public const ulong Cr4FxSave = 1UL << 9;
    public const ulong Cr4SimdExceptions = 1UL << 10;
    public const ulong Cr4UserModePrevention = 1UL << 11;
    public const ulong Cr4FiveLevels = 1UL << 12;
    public const ulong Cr4FsGsBase = 1UL << 16;
    public const ulong Cr4Smep = 1UL << 20;
    public const ulong Cr4Smap = 1UL << 21;

    public const ulong EferSyscall = 1UL << 0;
    public const ulong EferLongModeEnable = 1UL << 8;
    public const ulong EferLongModeActive = 1UL << 10;
    public const ulong EferNoExecute = 1UL << 11;

    public const ulong FlagCarry = 1UL << 0;
    public const ulong FlagFixed = 1UL << 1;
    public const ulong FlagParity = 1UL << 2;
    public const ulong FlagAdjust = 1UL << 4;
    public const ulong FlagZero = 1UL << 6;
    public const ulong FlagSign = 1UL << 7;
    public const ulong FlagTrap = 1UL << 8;
    public const ulong FlagInterrupt = 1UL << 9;
    public const ulong FlagDirection = 1UL << 10;
    public const ulong FlagOverflow = 1UL << 11;
    public const ulong FlagIoPrivilege = 3UL << 12;
    public const ulong FlagNestedTask = 1UL << 14;
    public const ulong FlagResume = 1UL << 16;
    public const ulong FlagAlignmentCheck = 1UL << 18;
    public const ulong FlagIdentification = 1UL << 21;

    /// <summary>CF, PF, AF, ZF, SF and OF.</summary>
    public const ulong ArithmeticFlags = FlagCarry | FlagParity | FlagAdjust | FlagZero | FlagSign | FlagOverflow;
}
