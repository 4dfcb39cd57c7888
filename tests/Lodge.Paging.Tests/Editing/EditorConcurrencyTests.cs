using System.Diagnostics;
using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>One thread changes tables while others walk them: they find a page where it was mapped to, or none.</summary>
public sealed class EditorConcurrencyTests : IDisposable
{
    private const ulong Start = 0x3fff_0000;
    private const ulong Length = 0x60_0000;
    private const ulong Delta = 0x4000_0000;
    private const ulong Size = 4 << 20;

    private readonly GuestMemory _memory = GuestMemory.Anonymous(Size);

    [Theory]
    [InlineData("x64 4 levels")]
    [InlineData("aarch64 stage 1, Size4K, 48 bits")]
    [InlineData("riscv Sv39")]
    public void Walks_NeverFindAWrongPage(string format) => Assert.Null(Run(format, isWrong: false));

    // The control: one page in many that leads elsewhere is found.
    [Fact]
    public void Walks_FindAWrongPage() => Assert.NotNull(Run("x64 4 levels", isWrong: true));

    public void Dispose() => _memory.Dispose();

    private string? Run(string name, bool isWrong)
    {
        string? problem = null;
        long found = 0;
        long missed = 0;
        var editor = new PageTableEditor(_memory, FormatCases.Get(name).Format, new WatchfulAllocator(0, Size));
        var walker = new PageWalker(_memory, TranslationRegime.Of(editor.Table));
        using (var crew = new Crew())
        {
            for (int i = 0; i < 2; i++)
            {
                var random = new Random(i);
                crew.Start(() =>
                {
                    ulong address = Start + (ulong)random.NextInt64((long)Length);
                    if (!walker.TryTranslate(address, MemoryAccess.Read, Privilege.Supervisor, out PageTranslation page, out _))
                        missed++;
                    else if (page.Address.Value == address + Delta)
                        found++;
                    else
                        Volatile.Write(ref problem, $"0x{address:x} leads to {page}");
                });
            }

            var choices = new Random(5);
            var limit = TimeSpan.FromSeconds(isWrong ? 5 : 0.5);
            for (var clock = Stopwatch.StartNew(); clock.Elapsed < limit && problem is null && crew.IsRunning;)
            {
                ulong first = Start + ((ulong)choices.Next(0x500) * 0x1000);
                var range = new GuestRange(first, (ulong)(1 + choices.Next(0x100)) * 0x1000);
                editor.Unmap(range);
                editor.Map(range, first + Delta + (isWrong ? 0x1000UL : 0), MemoryAccess.ReadWrite);
                editor.Protect(range, MemoryAccess.Read);
                editor.Unmap(range);
                editor.Map(range, first + Delta, MemoryAccess.ReadWrite);
            }
        }

        Assert.True(problem is not null || (found > 0 && missed > 0), $"{found} found, {missed} missed");
        return problem;
    }
}
