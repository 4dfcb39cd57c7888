using System.Buffers.Binary;
using System.Text;
using Xunit;

namespace Lodge.Elf.Tests;

/// <summary>The binary tools and the debugger take a core dump that the library wrote, and complain of nothing.</summary>
public sealed class DebuggerTests
{
    // NT_PRSTATUS and NT_PRPSINFO of Linux on x86-64: struct elf_prstatus and struct elf_prpsinfo.
    private const uint ProcessStatus = 1;
    private const uint ProcessInfo = 3;

    [Theory(SkipUnless = nameof(Toolchain.HasDebugger), SkipType = typeof(Toolchain), Skip = Toolchain.MissingDebugger)]
    [InlineData(3)]
    [InlineData(65_600)]
    public void Core_IsReadByReadelfWithoutComplaint(int segmentCount)
    {
        using var folder = new TemporaryFolder();
        string path = WriteCore(folder, segmentCount);
        using var file = ElfFile.Open(path);
        Assert.Equal(segmentCount + 1, file.Segments.Count);
        string header = HostProgram.RunQuietly("readelf", "-hW", path);
        Assert.Contains("CORE (Core file)", header, StringComparison.Ordinal);
        HostProgram.RunQuietly("readelf", "-lW", path);
        Assert.Equal(ReadelfText.Segments(path), ReadelfText.Segments(file));
        HostProgram.RunQuietly("readelf", "-nW", path);
        Assert.Equal(ReadelfText.Notes(path), ReadelfText.Notes(file));
    }

    [Theory(SkipUnless = nameof(Toolchain.HasDebugger), SkipType = typeof(Toolchain), Skip = Toolchain.MissingDebugger)]
    [InlineData(3)]
    [InlineData(65_600)]
    public void Core_IsOpenedByGdb(int segmentCount)
    {
        using var folder = new TemporaryFolder();
        string path = WriteCore(folder, segmentCount);
        (int code, string output, string errors) = HostProgram.TryRun(
            "gdb", "-nx", "-batch", "-ex", $"core-file {path}", "-ex", "info files", "-ex", "x/4xb 0x401000", "-ex", "p/x $rax");
        Assert.True(code == 0, errors);
        Assert.Contains("0x0000000000401000 - 0x0000000000402000 is load", output, StringComparison.Ordinal);
        Assert.Contains("0x401000:\t0x01\t0x02\t0x03\t0x04", output, StringComparison.Ordinal);
        Assert.Contains("= 0x1122334455667788", output, StringComparison.Ordinal);
        Assert.DoesNotContain("truncated", errors, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("BFD", errors, StringComparison.Ordinal);
    }

    private static string WriteCore(TemporaryFolder folder, int segmentCount)
    {
        byte[] status = new byte[336];
        BinaryPrimitives.WriteInt16LittleEndian(status.AsSpan(12), 11);                             // pr_cursig
        BinaryPrimitives.WriteInt32LittleEndian(status.AsSpan(32), 4321);                           // pr_pid
        BinaryPrimitives.WriteUInt64LittleEndian(status.AsSpan(112 + (10 * 8)), 0x1122_3344_5566_7788);     // rax
        BinaryPrimitives.WriteUInt64LittleEndian(status.AsSpan(112 + (16 * 8)), 0x40_1000);         // rip
        byte[] info = new byte[136];
        Encoding.ASCII.GetBytes("guest").CopyTo(info.AsSpan(40));

        byte[] page = new byte[0x1000];
        new byte[] { 1, 2, 3, 4 }.CopyTo(page, 0);
        var writer = new ElfWriter(ElfType.Core, ElfMachine.X64);
        writer.AddNote("CORE", ProcessStatus, status);
        writer.AddNote("CORE", ProcessInfo, info);
        for (int i = 0; i < segmentCount; i++)
        {
            ulong address = 0x40_1000 + ((ulong)i * 0x10_0000);
            ulong fileSize = i < 3 ? (ulong)page.Length : 0;
            writer.AddSegment(
                new ElfSegment(ElfSegmentType.Load, ElfSegmentFlags.Read, 0, fileSize, address, 0, (ulong)page.Length, 0x1000),
                page.AsMemory(0, (int)fileSize));
        }

        string path = folder.PathOf("core");
        using FileStream stream = File.Create(path);
        writer.Write(stream);
        return path;
    }
}
