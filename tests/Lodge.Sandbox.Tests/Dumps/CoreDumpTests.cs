using System.Buffers.Binary;
using System.Text;
using Lodge.Dumps;
using Lodge.Elf;
using Microsoft.Extensions.Logging;
using Xunit;
using Debugger = Lodge.Elf.Tests.Toolchain;

namespace Lodge.Sandbox.Tests;

public sealed class CoreDumpTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lodge-cores-").FullName;

    /// <summary>How guests die, the frames that a debugger finds then from the innermost one on, and what it says
    /// first.</summary>
    public static TheoryData<string, string[], string> Deaths => new()
    {
        { "PrintAndAbort", ["lodge_abort", "print_and_abort", "guest_dispatch", "dispatch"], "SIGABRT" },
        { "WriteVirtual", ["exception", "<signal handler called>", "write_virtual", "guest_dispatch", "dispatch"], "SIGSEGV" },
        { "ReadVirtual", ["exception", "<signal handler called>", "read_virtual", "guest_dispatch", "dispatch"], "SIGSEGV" },
        { "ExecuteVirtual", ["exception", "<signal handler called>", "execute_virtual", "dispatch"], "SIGSEGV" },
        { "Divide", ["exception", "<signal handler called>", "divide", "guest_dispatch", "dispatch"], "SIGFPE" },
        { "Recurse", ["out_of_scratch", "<signal handler called>", "descend", "guest_dispatch", "dispatch"], "SIGABRT" },
        { "Loop", ["loop", "lodge_run_Loop", "guest_dispatch", "dispatch"], "SIGXCPU" },
        { "TripleFault", ["triple_fault", "lodge_run_TripleFault", "guest_dispatch", "dispatch"], "SIGKILL" },
        { "NoResult", ["done", "no_result", "guest_dispatch", "dispatch"], "SIGSYS" },
    };

    /// <summary>Every 16th attack, or all where LODGE_ALL_ATTACKS is set to anything.</summary>
    public static TheoryData<string> AttackNames
    {
        get
        {
            int step = Environment.GetEnvironmentVariable("LODGE_ALL_ATTACKS") is null ? 16 : 1;
            return [.. Attacks.Names.Where((_, index) => index % step == 0)];
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory(SkipUnless = nameof(Debugger.HasDebugger), SkipType = typeof(Debugger), Skip = Debugger.MissingDebugger)]
    [MemberData(nameof(Deaths))]
    public void CoreOfADeadGuest_ShowsGdbWhereItWas(string function, string[] frames, string signal)
    {
        GuestStoppedException death = Die(function);
        Assert.NotNull(death.CorePath);
        HostProgram.RunQuietly("readelf", "-aW", death.CorePath);
        (int code, string output, _) = HostProgram.TryRun(
            "gdb", "-nx", "-batch", "-ex", "bt", "-ex", "frame function dispatch", HostileGuest.Path, death.CorePath);
        Assert.True(code == 0, output);
        Assert.Contains($"terminated with signal {signal}", output, StringComparison.Ordinal);
        Assert.DoesNotContain("LWP 2", output, StringComparison.Ordinal);
        int at = 0;
        foreach (string frame in frames)
        {
            string text = frame[0] == '<' ? frame : $" {frame} (";
            int found = output.IndexOf(text, at, StringComparison.Ordinal);
            Assert.True(found >= 0, $"{frame} is not among the frames, or not in this order:\n{output}");
            at = found;
        }
    }

    /// <summary>An exception saves what its handler changes, so the frame has the registers that the guest had.</summary>
    [Fact(SkipUnless = nameof(Debugger.HasDebugger), SkipType = typeof(Debugger), Skip = Debugger.MissingDebugger)]
    public void RegistersOfTheFrameThatFaulted_AreThoseOfTheGuest()
    {
        GuestStoppedException death = Die("WriteVirtual", 0x666_0000UL, 0x1122_3344_5566_7788UL);
        string output = HostProgram.Run(
            "gdb", "-nx", "-batch", "-ex", "frame function lodge_run_WriteVirtual", "-ex", "info registers", "-ex",
            "p/x $_siginfo._sifields._sigfault.si_addr", HostileGuest.Path, death.CorePath!);
        Assert.Contains("0x1122334455667788", output, StringComparison.Ordinal);
        Assert.Contains($"0x{death.Address.Value:x}", output, StringComparison.Ordinal);
        Assert.Contains("= 0x6660000", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Core_HoldsTheMemoryThatTheSandboxReads()
    {
        using Sandbox sandbox = HostileGuest.Create();
        sandbox.Call<int>("EqualHashes", 3U);
        var stream = new MemoryStream();
        CoreDumpResult result = sandbox.WriteCoreDump(stream, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Null(result.Missing);
        using var core = ElfFile.FromBytes(stream.ToArray());
        ulong compared = 0;
        foreach (ElfSegment segment in core.Segments.Where(static segment => segment.Type == ElfSegmentType.Load))
        {
            var dumped = new byte[segment.MemorySize];
            var read = new byte[segment.MemorySize];
            Assert.Equal(dumped.Length, core.ReadMemory(segment.VirtualAddress, dumped));
            Assert.Equal(read.Length, sandbox.VirtualMemory.Read(segment.VirtualAddress, read));
            Assert.True(dumped.AsSpan().SequenceEqual(read), $"{segment}");
            compared += segment.MemorySize;
        }

        // The image, the window to scratch, and what the guest has mapped.
        Assert.InRange(compared, sandbox.Layout.Image.Length + sandbox.Layout.Scratch.Length, 1UL << 24);
        Assert.Equal((long)compared, result.MemoryBytes);
    }

    [Fact]
    public void Core_BetweenCalls_HasNoCause_AndThatOfAPoisonedSandboxHas()
    {
        using Sandbox sandbox = HostileGuest.Create();
        using Snapshot clean = sandbox.TakeSnapshot();
        Assert.Null(CauseOf(sandbox));
        var death = Assert.Throws<GuestAbortedException>(() => sandbox.Call("WriteVirtual", 0UL, 1UL));
        Assert.Equal(death.Message, CauseOf(sandbox));
        sandbox.Restore(clean);
        Assert.Null(CauseOf(sandbox));
        Assert.Equal(5, sandbox.Call<int>("Add", 2, 3));
    }

    [Fact]
    public void Core_OfACancelledCall_IsInTheExceptionsData()
    {
        using Sandbox sandbox = HostileGuest.Create(options => options.CoreDumps = SandboxCoreDumps.ToFolder(_folder));
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        var death = Assert.ThrowsAny<OperationCanceledException>(
            () => sandbox.Call<GuestValue>("Loop", Timeout.InfiniteTimeSpan, source.Token));
        Assert.Equal(Assert.Single(Directory.GetFiles(_folder)), death.Data[Sandbox.CorePathKey]);
    }

    [Fact]
    public void Core_OfAGuestThatDiesBeforeItsFirstCall_IsWritten()
    {
        byte[] binary = File.ReadAllBytes(HostileGuest.Path);
        using (var elf = ElfFile.FromBytes(binary))
        {
            // ud2 where the guest begins: without descriptor tables it is a triple fault.
            Assert.True(elf.TryFindSegment(elf.Entry, out ElfSegment code));
            new byte[] { 0x0F, 0x0B }.CopyTo(binary, (int)(code.FileOffset + (elf.Entry - code.VirtualAddress)));
        }

        var death = Assert.Throws<GuestCrashedException>(() => Sandbox.Create(binary, options =>
        {
            options.Engine = HostileGuest.Engine;
            options.CoreDumps = SandboxCoreDumps.ToFolder(_folder);
        }));
        Assert.Equal("_start", death.Symbol);
        Assert.Equal(Assert.Single(Directory.GetFiles(_folder)), death.CorePath);
        Assert.Contains(death.CorePath!, death.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folder_TakesSoManyAndNoMore()
    {
        string folder = Path.Combine(_folder, "made", "when", "needed");
        var cores = SandboxCoreDumps.ToFolder(folder) with { MostFiles = 2 };
        var paths = new HashSet<string?>();
        for (int i = 0; i < 2; i++)
            Assert.True(paths.Add(Die(cores).CorePath));

        GuestStoppedException third = Die(cores);
        Assert.Null(third.CorePath);
        Assert.Contains("has 2 already", third.Message, StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFiles(folder).Length);
    }

    [Fact]
    public void DumpThatCannotBeWritten_LeavesTheGuestsException()
    {
        var logger = new ListLogger();
        string path = Path.Combine(_folder, "no", "such", "guest.core");
        var cores = SandboxCoreDumps.ToFile(path);
        GuestStoppedException death = Die(cores, logger);
        Assert.Equal(("lodge_run_WriteVirtual", null), (death.Symbol?.Split('+')[0], death.CorePath));
        Assert.Contains("No core dump was written: ", death.Message, StringComparison.Ordinal);
        Assert.Contains(logger.Lines, line => line.Text.Contains("no core dump was written", StringComparison.Ordinal));
    }

    [Fact]
    public void Limits_CutTheCoreOfAGuest()
    {
        var cores = SandboxCoreDumps.ToFolder(_folder) with { Contents = new CoreDumpOptions { MostBytes = 64 << 10 } };
        using ElfFile core = ElfFile.Open(Die(cores).CorePath!);
        Assert.InRange(core.Segments.Sum(segment => (long)segment.MemorySize), 4096, 64 << 10);
        Assert.Contains(core.Notes, note => note.Owner == "LODGE" && note.Type == 0x4C4F_4403);
    }

    [Fact]
    public void Core_OfADisposedSandbox_IsMisuse()
    {
        Sandbox sandbox = HostileGuest.Create();
        sandbox.Dispose();
        CancellationToken token = TestContext.Current.CancellationToken;
        Assert.Throws<ObjectDisposedException>(() => sandbox.WriteCoreDump(new MemoryStream(), cancellationToken: token));
    }

    [Fact]
    public void Core_WhileACallRuns_IsMisuse()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        Exception? refused = null;
        Sandbox? sandbox = null;
        using (sandbox = Sandbox.Create(Guests.Hello, options =>
        {
            options.Engine = HostileGuest.Engine;
            options.AddHostFunction("GetWeekday", () =>
            {
                refused = Record.Exception(() => sandbox!.WriteCoreDump(new MemoryStream(), cancellationToken: token));
                return "Friday";
            });
        }))
        {
            sandbox.Call<string>("SayHello", "World");
        }

        Assert.IsType<InvalidOperationException>(refused);
    }

    /// <summary>Guests whose tables, stacks and registers say anything: there is a core, and it is a whole file.</summary>
    [Theory]
    [MemberData(nameof(AttackNames))]
    public void Attacks_LeaveACoreThatIsBounded(string name)
    {
        Attack attack = Attacks.Named(name);
        using Sandbox sandbox = HostileGuest.Create(attack.Configure);
        HostileGuest.Call(sandbox, attack);
        var stream = new MemoryStream();
        var options = new CoreDumpOptions { MostBytes = 4 << 20, MostTables = 4096 };
        CoreDumpResult result = sandbox.WriteCoreDump(stream, options, TestContext.Current.CancellationToken);
        Assert.InRange(result.MemoryBytes, 0, 4 << 20);
        using var core = ElfFile.FromBytes(stream.ToArray());
        Assert.Equal(result.Segments, core.Segments.Count(static segment => segment.Type == ElfSegmentType.Load));
    }

    private static string? CauseOf(Sandbox sandbox)
    {
        var stream = new MemoryStream();
        sandbox.WriteCoreDump(stream, cancellationToken: TestContext.Current.CancellationToken);
        using var core = ElfFile.FromBytes(stream.ToArray());
        ElfNote status = core.Notes.First(static note => note.Owner == "CORE" && note.Type == 1);
        ElfNote[] causes = [.. core.Notes.Where(static note => note.Owner == "LODGE" && note.Type == 0x4C4F_4401)];
        Assert.Equal(causes.Length != 0, BinaryPrimitives.ReadInt16LittleEndian(status.Content.Span[12..]) != 0);
        return causes.Length == 0 ? null : Encoding.UTF8.GetString(causes[0].Content.Span);
    }

    private static GuestStoppedException Die(SandboxCoreDumps cores, ILogger? logger = null)
    {
        using Sandbox sandbox = HostileGuest.Create(options =>
        {
            options.CoreDumps = cores;
            options.Logger = logger;
        });
        return Assert.ThrowsAny<GuestStoppedException>(() => sandbox.Call("WriteVirtual", 0UL, 1UL));
    }

    private GuestStoppedException Die(string function, params GuestValue[] arguments)
    {
        GuestValue[] usual = function switch
        {
            "PrintAndAbort" => [new byte[] { (byte)'A' }],
            "WriteVirtual" => [0UL, 1UL],
            "ReadVirtual" => [0x1234_5678_9ABC_DEF0UL],
            "ExecuteVirtual" => [0x1234UL],
            "Divide" => [1, 0],
            "Recurse" => [-1],
            _ => [],
        };
        using Sandbox sandbox = HostileGuest.Create(options => options.CoreDumps = SandboxCoreDumps.ToFolder(_folder));
        TimeSpan timeout = function == "Loop" ? TimeSpan.FromMilliseconds(500) : TimeSpan.FromSeconds(20);
        return Assert.ThrowsAny<GuestStoppedException>(() => sandbox.Call<GuestValue>(
            function, timeout, TestContext.Current.CancellationToken, arguments.Length == 0 ? usual : arguments));
    }
}
