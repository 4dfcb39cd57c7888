namespace Lodge.EndToEnd.Tests;

/// <summary>Who reads the page tables of the guests.</summary>
internal static class PageTables
{
    public static IPageTable Of(LinuxGuest guest) => new NaivePageTable(guest.Memory, guest.Registers);
}
