using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Ordinary memory can be mapped in every format by saying no more than what may be done with it.</summary>
public sealed class OrdinaryMemoryTests : IDisposable
{
    private readonly GuestMemory _memory = GuestMemory.Anonymous(8 << 20);

    [Theory]
    [MemberData(nameof(FormatCases.Names), MemberType = typeof(FormatCases))]
    public void Map_WithRightsThatTheFormatHas_IsDone(string name)
    {
        PageTableFormat format = FormatCases.Get(name).Format;
        var editor = new PageTableEditor(_memory, format, new FrameAllocator(new GuestRange(0, 8 << 20)));
        ulong start = NaiveTables.Extend(format, 0);
        foreach (MemoryAccess access in Enum.GetValues<MemoryAccess>().Where(access => access != MemoryAccess.None))
        {
            foreach (Privilege privilege in Enum.GetValues<Privilege>())
            {
                if (!format.TryGetRights(access, privilege, out _))
                    continue;

                var range = new GuestRange(start, format.PageSize.Bytes);
                Exception? thrown = Record.Exception(() => editor.Map(range, 0, access, privilege));
                Assert.True(thrown is null, $"{access} for the {privilege}: {thrown?.Message}");
                editor.Unmap(range);
            }
        }
    }

    public void Dispose() => _memory.Dispose();
}
