namespace Lodge.EndToEnd.Tests;

/// <summary>Who reads a guest's page tables: what is compared with QEMU.</summary>
internal interface IPageTable
{
    /// <summary>Finds the page that an address lies in, whoever may use it.</summary>
    bool TryFind(ulong address, out MappedPage page);

    /// <summary>Every mapped page, in ascending order.</summary>
    IEnumerable<MappedPage> EnumeratePages();
}
