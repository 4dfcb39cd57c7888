namespace Lodge.Paging;

/// <summary>Rules of a processor's state that change what pages allow.</summary>
/// <remarks>They are applied to the rights that all levels of a table leave. Of each architecture only some are set.</remarks>
[Flags]
public enum RegimeRules : ushort
{
    /// <summary>Pages allow what their entries say.</summary>
    None = 0,

    /// <summary>The supervisor may write what it may read (x86-64 with CR0.WP clear).</summary>
    SupervisorIgnoresWriteProtection = 1,

    /// <summary>The supervisor does not execute the user's pages (x86-64 SMEP).</summary>
    SupervisorDoesNotExecuteUserPages = 2,

    /// <summary>The supervisor does not read or write the user's pages (x86-64 SMAP with EFLAGS.AC clear, AArch64 PAN, RISC-V
    /// with sstatus.SUM clear).</summary>
    SupervisorDoesNotAccessUserPages = 4,

    /// <summary>What may be executed may be read (RISC-V sstatus.MXR).</summary>
    ExecutableIsReadable = 8,

    /// <summary>What may be written is not executed (AArch64 SCTLR_EL1.WXN).</summary>
    WritableIsNotExecutable = 16,

    /// <summary>The supervisor does not execute what the user may write (AArch64, always).</summary>
    SupervisorDoesNotExecuteUserWritable = 32,

    /// <summary>The user uses no address of the lower half (AArch64 TCR_EL1.E0PD0).</summary>
    UserHasNoLowerHalf = 64,

    /// <summary>The user uses no address of the upper half (AArch64 TCR_EL1.E0PD1).</summary>
    UserHasNoUpperHalf = 128,

    /// <summary>Ignored bits of addresses in the lower half are ignored for data only (AArch64 TCR_EL1.TBID0).</summary>
    FetchesHaveNoTagsInLowerHalf = 256,

    /// <summary>Ignored bits of addresses in the upper half are ignored for data only (AArch64 TCR_EL1.TBID1).</summary>
    FetchesHaveNoTagsInUpperHalf = 512,
}
