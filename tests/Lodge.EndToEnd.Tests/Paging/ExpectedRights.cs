using Lodge.Memory;
using Lodge.Paging;

namespace Lodge.EndToEnd.Tests;

/// <summary>What the manual allows to be done with a page that QEMU lists.</summary>
/// <remarks>Intel SDM volume 3A, "Determination of Access Rights" (§4.6.1), for EFER.NXE set. QEMU lists the flags of a page's
/// own entry; Linux restricts nothing above it.</remarks>
internal static class ExpectedRights
{
    public const ulong WriteProtect = 1 << 16;
    public const ulong Smep = 1 << 20;
    public const ulong Smap = 1 << 21;
    public const ulong AlignmentCheck = 1 << 18;

    public static PageRights Of(ListedPage page, in X64Registers registers)
        => new(OfSupervisor(page, registers), OfUser(page));

    private static MemoryAccess OfUser(ListedPage page)
    {
        if (!page.Has(TlbFlags.User))
            return MemoryAccess.None;

        MemoryAccess written = page.Has(TlbFlags.Writable) ? MemoryAccess.Write : MemoryAccess.None;
        MemoryAccess executed = page.Has(TlbFlags.NoExecute) ? MemoryAccess.None : MemoryAccess.Execute;
        return MemoryAccess.Read | written | executed;
    }

    private static MemoryAccess OfSupervisor(ListedPage page, in X64Registers registers)
    {
        bool isUserPage = page.Has(TlbFlags.User);
        bool isSmapInForce = (registers.Cr4 & Smap) != 0 && (registers.Rflags & AlignmentCheck) == 0;
        bool isSmepInForce = (registers.Cr4 & Smep) != 0;
        MemoryAccess rights = MemoryAccess.None;
        if (!isUserPage || !isSmapInForce)
        {
            rights |= MemoryAccess.Read;
            if (page.Has(TlbFlags.Writable) || (registers.Cr0 & WriteProtect) == 0)
                rights |= MemoryAccess.Write;
        }

        if (!page.Has(TlbFlags.NoExecute) && (!isUserPage || !isSmepInForce))
            rights |= MemoryAccess.Execute;

        return rights;
    }
}
