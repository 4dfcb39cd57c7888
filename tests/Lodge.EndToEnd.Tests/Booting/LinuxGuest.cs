using System.Text;
using Lodge.Memory;
using Lodge.Paging;

namespace Lodge.EndToEnd.Tests;

/// <summary>Debian's kernel, booted by QEMU and stopped once its first program runs, with its memory mapped here.</summary>
internal sealed class LinuxGuest : IAsyncDisposable
{
    private static readonly TimeSpan LongestBoot = TimeSpan.FromSeconds(150);

    private readonly ScratchDirectory _scratch = new();
    private readonly SharedMemoryFile _file = GuestLayout.CreateFile();
    private QemuProcess? _process;

    private LinuxGuest() => Memory = GuestLayout.Map(_file);

    public GuestMemory Memory { get; }

    public QemuMonitor Monitor { get; private set; } = null!;

    public X64Registers Registers { get; private set; }

    /// <summary>How the guest's processor translates addresses, as its registers say.</summary>
    public TranslationRegime Regime { get; private set; } = null!;

    public PageWalker Walker { get; private set; } = null!;

    /// <summary>Every page that the guest's tables map, as QEMU lists them.</summary>
    public ListedPage[] Pages { get; private set; } = [];

    public static async Task<LinuxGuest> BootAsync(PagingDepth depth, CancellationToken cancellation)
    {
        var guest = new LinuxGuest();
        try
        {
            guest._process = guest.StartQemu(depth);
            await guest.RunUntilReadyAsync(guest._process, cancellation);
            return guest;
        }
        catch (Exception exception)
        {
            string lastWords = guest.LastWords();
            await guest.DisposeAsync();
            throw new InvalidOperationException($"The guest did not boot: {exception.Message}\n{lastWords}", exception);
        }
    }

    /// <summary>The guest's memory with a hole in it, of the caller's own.</summary>
    public GuestMemory MapWithout(GuestRange hole) => GuestLayout.Map(_file, hole);

    /// <summary>A path for a file that goes when the guest does.</summary>
    public string ScratchPath(string name) => _scratch.PathOf(name);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();

        Memory.Dispose();
        _file.Dispose();
        _scratch.Dispose();
    }

    // QEMU opens this process's descriptor: the guest's RAM is Lodge's memory file, and no disk is involved.
    private static string PathOf(SharedMemoryFile file) => $"/proc/{Environment.ProcessId}/fd/{file.Handle.DangerousGetHandle()}";

    private QemuProcess StartQemu(PagingDepth depth)
    {
        bool fiveLevels = depth == PagingDepth.FiveLevels;
        File.WriteAllBytes(_scratch.PathOf("initrd"), InitialRamDisk.Build(BootFiles.Busybox!));
        return QemuProcess.Start(
            "-accel", "tcg",
            "-machine", $"pc,memory-backend=ram,max-ram-below-4g={GuestLayout.LowMegabytes}M",
            "-object", $"memory-backend-file,id=ram,share=on,size={GuestLayout.TotalMegabytes}M,mem-path={PathOf(_file)}",
            "-m", $"{GuestLayout.TotalMegabytes}M",
            "-smp", "1",
            "-cpu", fiveLevels ? "max,la57=on" : "max,la57=off",
            "-kernel", BootFiles.Kernel!,
            "-initrd", _scratch.PathOf("initrd"),
            "-append", $"console=ttyS0 panic=-1 pti=off {(fiveLevels ? "kaslr" : "nokaslr")}",
            "-serial", $"file:{_scratch.PathOf("serial")}",
            "-qmp", "stdio",
            "-display", "none", "-nodefaults", "-no-user-config", "-no-reboot");
    }

    private async Task RunUntilReadyAsync(QemuProcess process, CancellationToken cancellation)
    {
        Monitor = new QemuMonitor(await QmpConnection.OpenAsync(process.Input, process.Output, cancellation));
        await WaitForMarkerAsync(process, cancellation);
        await Monitor.StopAsync(cancellation);
        Registers = await Monitor.ReadRegistersAsync(cancellation);
        Regime = TranslationRegime.FromX64(Registers);
        Walker = new PageWalker(Memory, Regime);
        Pages = await ListedPage.ReadAllAsync(Monitor, cancellation);
    }

    private async Task WaitForMarkerAsync(QemuProcess process, CancellationToken cancellation)
    {
        long start = Environment.TickCount64;
        while (!ReadSerial().Contains(InitialRamDisk.ReadyMarker, StringComparison.Ordinal))
        {
            if (process.HasExited)
                throw new IOException("QEMU ended.");

            if (Environment.TickCount64 - start > LongestBoot.TotalMilliseconds)
                throw new TimeoutException($"It was not ready after {LongestBoot.TotalSeconds} s.");

            await Task.Delay(50, cancellation);
        }
    }

    private string LastWords()
    {
        string output = ReadSerial();
        return _process?.Complaints + "\n" + output[^Math.Min(output.Length, 4000)..];
    }

    private string ReadSerial()
    {
        string path = _scratch.PathOf("serial");
        if (!File.Exists(path))
            return "";

        using var reader = new StreamReader(
            new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), Encoding.Latin1);
        return reader.ReadToEnd();
    }
}
