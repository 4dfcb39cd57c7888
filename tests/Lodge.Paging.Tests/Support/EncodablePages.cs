namespace Lodge.Paging.Tests;

/// <summary>Pages that a format has on all levels that have pages.</summary>
internal static class EncodablePages
{
    public static PageAttributes[] Of(PageTableFormat format) =>
    [
        .. from access in new[] { MemoryAccess.ReadWrite, MemoryAccess.All, MemoryAccess.Read, MemoryAccess.ReadExecute }
           from privilege in new[] { Privilege.Supervisor, Privilege.User }
           from type in format.MemoryTypes.Distinct().Where(type => type != MemoryType.Unknown).Take(3)
           from shareability in Enum.GetValues<Shareability>()
           where format.TryGetRights(access, privilege, out _)
           let said = new PageAttributes(format.RightsFor(access, privilege), type) { Shareability = shareability }
           where format.Levels.Where(level => level.CanMapPages)
               .All(level => format.TryEncodePage(level.Number, 0, said, out _))
           select said,
    ];
}
