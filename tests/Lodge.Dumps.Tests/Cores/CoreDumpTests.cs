using System.Buffers.Binary;
using System.Text;
using Xunit;

namespace Lodge.Dumps.Tests;

public sealed class CoreDumpTests
{
    private const ulong High = 0xFFFF_FF00_0000_0000;

    [Fact]
    public void Pages_OfEqualRightsSideBySide_AreOneSegment()
    {
        using var machine = new SmallMachine();
        machine.MapAndFill(0x10_000, 0x20_000, pages: 2, SmallMachine.Writable | SmallMachine.NoExecute);
        machine.MapAndFill(0x12_000, 0x90_000, pages: 1, SmallMachine.Writable | SmallMachine.NoExecute);
        machine.MapAndFill(0x13_000, 0x40_000, pages: 1, SmallMachine.NoExecute);
        machine.MapAndFill(0x15_000, 0x50_000, pages: 3, flags: 0);
        machine.MapAndFill(High, 0x60_000, pages: 1, SmallMachine.Writable);
        using ElfFile core = Cores.Write(machine, out CoreDumpResult result);
        Assert.Equal((ElfType.Core, ElfMachine.X64), (core.Type, core.Machine));
        Assert.Equal(
            [
                (0x10_000UL, 0x3000UL, ElfSegmentFlags.Read | ElfSegmentFlags.Write),
                (0x13_000UL, 0x1000UL, ElfSegmentFlags.Read),
                (0x15_000UL, 0x3000UL, ElfSegmentFlags.Read | ElfSegmentFlags.Execute),
                (High, 0x1000UL, ElfSegmentFlags.Read | ElfSegmentFlags.Write | ElfSegmentFlags.Execute),
            ],
            Cores.Loads(core).Select(load => (load.VirtualAddress, load.MemorySize, load.Flags)));
        Assert.All(Cores.Loads(core), load => Assert.Equal(load.MemorySize, load.FileSize));
        Assert.Equal((4, 8L * 4096, false), (result.Segments, result.MemoryBytes, result.IsCut));
        RequireContents(core);
    }

    [Fact]
    public void Memory_OfAllProcessorsRegisters_IsThatOfTheFirst()
    {
        using var machine = new SmallMachine();
        machine.MapAndFill(0x10_000, 0x20_000, pages: 1, flags: 0);
        machine.Others.Add(machine.State with { Cr3 = 0x7000, Rip = 0x1111 });
        using ElfFile core = Cores.Write(machine, out _);
        Assert.Equal(0x10_000UL, Assert.Single(Cores.Loads(core)).VirtualAddress);
        ElfNote[] statuses = [.. core.Notes.Where(note => note.Owner == "CORE" && note.Type == 1)];
        Assert.Equal(2, statuses.Length);
        Assert.Equal([1, 2], statuses.Select(note => BinaryPrimitives.ReadInt32LittleEndian(note.Content.Span[32..])));
        Assert.Equal(0x1111UL, BinaryPrimitives.ReadUInt64LittleEndian(statuses[1].Content.Span[(112 + (16 * 8))..]));
    }

    [Fact]
    public void PagesOfSmap_AreReadAllTheSame()
    {
        const ulong User = 4, Smap = 1 << 21;
        using var machine = new SmallMachine();
        machine.MapAndFill(0x10_000, 0x20_000, pages: 1, User);
        ulong at = SmallMachine.Root;
        for (int level = 4; level > 1; level--)
        {
            ulong entry = machine.Physical.Read<ulong>(at);
            machine.Physical.Write(at, entry | User);
            at = entry & ~0xFFFUL;
        }

        machine.State = machine.State with { Cr4 = machine.State.Cr4 | Smap };
        using ElfFile core = Cores.Write(machine, out _);
        Assert.Single(Cores.Loads(core));
        RequireContents(core);
    }

    [Fact]
    public void Status_HasRegistersWhereLinuxHasThem()
    {
        using var machine = new SmallMachine();
        machine.State = machine.State with
        {
            R15 = 15,
            R14 = 14,
            R13 = 13,
            R12 = 12,
            Rbp = 100,
            Rbx = 101,
            R11 = 11,
            R10 = 10,
            R9 = 9,
            R8 = 8,
            Rax = 102,
            Rcx = 103,
            Rdx = 104,
            Rsi = 105,
            Rdi = 106,
            Rip = 107,
            Cs = 108,
            Rflags = 109,
            Rsp = 110,
            Ss = 111,
            FsBase = 112,
            GsBase = 113,
            Ds = 114,
            Es = 115,
            Fs = 116,
            Gs = 117,
        };
        using ElfFile core = Cores.Write(machine, out _, new CoreDumpOptions { Cause = new DeathCause { Signal = 11 } });
        byte[] status = Cores.Note(core, "CORE", 1);
        Assert.Equal(336, status.Length);
        Assert.Equal(11, BinaryPrimitives.ReadInt16LittleEndian(status.AsSpan(12)));
        Assert.Equal(
            [
                15, 14, 13, 12, 100, 101, 11, 10, 9, 8, 102, 103, 104, 105, 106, -1, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116,
                117,
            ],
            Enumerable.Range(0, 27).Select(i => BinaryPrimitives.ReadInt64LittleEndian(status.AsSpan(112 + (8 * i)))));
        Assert.Equal(0, BinaryPrimitives.ReadInt32LittleEndian(status.AsSpan(328)));
        Assert.DoesNotContain(core.Notes, note => note.Owner == "CORE" && note.Type == 2);
    }

    [Fact]
    public void Notes_HaveWhatIsKnown()
    {
        using var machine = new SmallMachine();
        byte[] fpu = [.. Enumerable.Range(0, X64ProcessorState.FpuBytes).Select(i => (byte)i)];
        machine.State = machine.State with
        {
            Fpu = fpu,
            Cr2 = 0xDEAD,
            GdtBase = 0x1000,
            GdtLimit = 39,
            IdtBase = 0x2000,
            IdtLimit = 4095,
        };
        var options = new CoreDumpOptions
        {
            Program = new LoadedProgram { Name = "guest.elf", Entry = 0x5000, ProgramHeaders = 0x4040, ProgramHeaderCount = 7 },
            Cause = new DeathCause { Signal = 11, FaultAddress = 0xDEAD, Text = "It fell over an ä." },
        };
        using ElfFile core = Cores.Write(machine, out _, options);
        Assert.Equal(fpu, Cores.Note(core, "CORE", 2));
        Assert.StartsWith("guest.elf\0", Encoding.ASCII.GetString(Cores.Note(core, "CORE", 3), 40, 16), StringComparison.Ordinal);
        Assert.Equal([6UL, 4096, 9, 0x5000, 3, 0x4040, 4, 56, 5, 7, 0, 0], Words(Cores.Note(core, "CORE", 6)));
        byte[] signal = Cores.Note(core, "CORE", 0x5349_4749);
        Assert.Equal((11, 0xDEADUL), (signal[0], BinaryPrimitives.ReadUInt64LittleEndian(signal.AsSpan(16))));
        Assert.Equal("It fell over an ä.", Encoding.UTF8.GetString(Cores.Note(core, "LODGE", 0x4C4F_4401)));
        Assert.Equal(
            [0x8001_0011UL, 0xDEAD, SmallMachine.Root, 0x20, 0xD00, 0x1000, 39, 0x2000, 4095],
            Words(Cores.Note(core, "LODGE", 0x4C4F_4402)));
        Assert.DoesNotContain(core.Notes, note => note.Type == 0x4C4F_4403);
    }

    [Fact]
    public void StreamThatCannotSeek_GetsTheSameBytes()
    {
        using var machine = new SmallMachine();
        machine.MapAndFill(0x10_000, 0x20_000, pages: 3, flags: 0);
        machine.Map(0x13_000, 0x70_000, flags: 0);
        var seekable = new MemoryStream();
        CoreDump.Write(machine, seekable, cancellationToken: TestContext.Current.CancellationToken);
        var other = new MemoryStream();
        CoreDump.Write(machine, new ForwardOnly(other), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(seekable.ToArray(), other.ToArray());
    }

    [Fact]
    public void StreamThatHasSomethingAlready_GetsTheCoreBehindIt()
    {
        using var machine = new SmallMachine();
        machine.MapAndFill(0x10_000, 0x20_000, pages: 1, flags: 0);
        var stream = new MemoryStream();
        stream.Write("before"u8);
        stream.Position = 2;
        CoreDump.Write(machine, stream, cancellationToken: TestContext.Current.CancellationToken);
        using var core = ElfFile.FromBytes(stream.ToArray().AsMemory(2));
        RequireContents(core);
    }

    [Fact(SkipUnless = nameof(LinuxOnly.IsHere), SkipType = typeof(LinuxOnly), Skip = "Asks du of Linux for a size on disk.")]
    public void Zeros_TakeNoRoomInAFile()
    {
        using var folder = new TemporaryFolder();
        using var machine = new SmallMachine();
        for (ulong i = 0; i < 512; i++)
            machine.Map(0x20_0000 + (i * 4096), 0x10_0000 + (i * 4096), flags: 0);

        string path = folder.PathOf("zeros.core");
        CoreDumpResult result = CoreDump.Write(machine, path, cancellationToken: TestContext.Current.CancellationToken);
        Assert.InRange(result.FileBytes, 2 << 20, (2 << 20) + 8192);
        string size = HostProgram.Run("du", "-k", path).Split('\t')[0];
        Assert.InRange(int.Parse(size, System.Globalization.CultureInfo.InvariantCulture), 0, 64);
    }

    [Fact]
    public void File_IsThereWhenItIsWhole_AndReplacesAnother()
    {
        using var folder = new TemporaryFolder();
        using var machine = new SmallMachine();
        machine.MapAndFill(0x10_000, 0x20_000, pages: 1, flags: 0);
        string path = folder.Write("guest.core", "another"u8);
        CoreDump.Write(machine, path, cancellationToken: TestContext.Current.CancellationToken);
        using (ElfFile core = ElfFile.Open(path))
            RequireContents(core);

        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public void File_OfADumpThatIsStopped_IsAsItWas()
    {
        using var folder = new TemporaryFolder();
        using var machine = new SmallMachine();
        machine.MapAndFill(0x10_000, 0x20_000, pages: 1, flags: 0);
        string path = folder.Write("guest.core", "another"u8);
        Assert.Throws<OperationCanceledException>(
            () => CoreDump.Write(machine, path, cancellationToken: new CancellationToken(canceled: true)));
        Assert.Equal("another"u8, File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void FolderThatIsNotThere_IsAnError()
    {
        using var folder = new TemporaryFolder();
        using var machine = new SmallMachine();
        CancellationToken token = TestContext.Current.CancellationToken;
        string path = folder.PathOf("no/such.core");
        Assert.Throws<DirectoryNotFoundException>(() => CoreDump.Write(machine, path, cancellationToken: token));
    }

    [Fact]
    public void StreamThatFails_SaysSo()
    {
        using var machine = new SmallMachine();
        machine.MapAndFill(0x10_000, 0x20_000, pages: 64, flags: 0);
        var stream = new ForwardOnly(new MemoryStream(), failsAfter: 100_000);
        CancellationToken token = TestContext.Current.CancellationToken;
        Assert.Throws<IOException>(() => CoreDump.Write(machine, stream, cancellationToken: token));
    }

    [Fact]
    public void FpuOfAnotherSize_IsRefused()
    {
        using var machine = new SmallMachine();
        machine.State = machine.State with { Fpu = new byte[511] };
        Assert.Throws<ArgumentException>(
            () => CoreDump.Write(machine, new MemoryStream(), cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact(SkipUnless = nameof(Toolchain.HasDebugger), SkipType = typeof(Toolchain), Skip = Toolchain.MissingDebugger)]
    public void Core_IsOpenedByGdbAndReadelf_WithoutComplaint()
    {
        using var folder = new TemporaryFolder();
        using var machine = new SmallMachine();
        machine.MapAndFill(0x10_000, 0x20_000, pages: 2, flags: 0);
        machine.Map(0x12_000, 0x70_000, flags: 0);
        machine.State = machine.State with { Rip = 0x10_008, Rsp = 0x11_000, Fpu = FpuWithOneInXmm1() };
        machine.Others.Add(machine.State with { Rip = 0x11_010 });
        string path = folder.PathOf("guest.core");
        var cause = new DeathCause { Signal = 11, FaultAddress = 0x1234, Text = new string('x', 144) };
        CoreDump.Write(machine, path, new CoreDumpOptions { Cause = cause }, TestContext.Current.CancellationToken);
        string notes = HostProgram.RunQuietly("readelf", "-aW", path);
        Assert.Contains("NT_FPREGSET", notes, StringComparison.Ordinal);
        (int code, string output, string errors) = HostProgram.TryRun(
            "gdb", "-nx", "-batch", "-ex", $"core-file {path}", "-ex", "info threads", "-ex", "p/x $rip",
            "-ex", "p/x $xmm1.uint128", "-ex", "p/x $_siginfo._sifields._sigfault.si_addr", "-ex", "x/gx 0x11ff8", "-ex", "x/gx 0x12800",
            "-ex", "thread 2",
            "-ex", "p/x $rip");
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("terminated with signal SIGSEGV", output, StringComparison.Ordinal);
        Assert.Contains("$1 = 0x10008", output, StringComparison.Ordinal);
        Assert.Contains("$2 = 0x1", output, StringComparison.Ordinal);
        Assert.Contains("$3 = 0x1234", output, StringComparison.Ordinal);
        Assert.Contains("0x11ff8:\t0x0000000000011ff8", output, StringComparison.Ordinal);
        Assert.Contains("0x12800:\t0x0000000000000000", output, StringComparison.Ordinal);
        Assert.Contains("$4 = 0x11010", output, StringComparison.Ordinal);
        Assert.Contains("LWP 2", output, StringComparison.Ordinal);
        Assert.DoesNotContain("LWP 3", output, StringComparison.Ordinal);
    }

    private static byte[] FpuWithOneInXmm1()
    {
        var fpu = new byte[X64ProcessorState.FpuBytes];
        fpu[160 + 16] = 1;
        return fpu;
    }

    private static ulong[] Words(byte[] bytes)
        => [.. Enumerable.Range(0, bytes.Length / 8).Select(i => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(8 * i)))];

    /// <summary>Every page holds its own addresses.</summary>
    private static void RequireContents(ElfFile core)
    {
        ElfSegment[] loads = Cores.Loads(core);
        Assert.NotEmpty(loads);
        foreach (ElfSegment load in loads)
        {
            var bytes = new byte[load.MemorySize];
            Assert.Equal(bytes.Length, core.ReadMemory(load.VirtualAddress, bytes));
            Assert.Equal(Enumerable.Range(0, bytes.Length / 8).Select(i => load.VirtualAddress + (8 * (ulong)i)), Words(bytes));
        }
    }
}
