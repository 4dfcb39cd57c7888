using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Lodge.Sandbox;

/// <summary>Native code in a machine of its own, whose functions are called as if they were the program's.</summary>
/// <remarks>
/// <para>The guest reaches nothing but its own memory and the functions that the host gives it. Calls come one after the other: a
/// call while another runs is an error. Which thread calls does not matter. Dispose of a sandbox when no call runs.</para>
/// <para>After a call that ended in an exception other than <see cref="GuestErrorException"/> nothing is known of the guest any
/// more: <see cref="Status"/> is <see cref="SandboxStatus.Poisoned"/>, and the next thing to do is <see cref="Restore"/>, or to
/// dispose of it. An argument that is refused before the guest runs changes nothing.</para>
/// </remarks>
public sealed partial class Sandbox : IDisposable
{
    private readonly GuestMachine _machine;
    private readonly GuestRunner _runner;
    private readonly TimeSpan _callTimeout;
    private GuestEntry _entry;
    private int _use;

    private Sandbox(SnapshotState snapshot, SandboxOptions options)
    {
        _machine = new GuestMachine(options.Engine ?? Machines.Machines.Best(), snapshot);
        try
        {
            _runner = new GuestRunner(
                _machine,
                new Dictionary<string, HostFunction>(options.HostFunctions, StringComparer.Ordinal),
                new GuestOutput(options, isInitialized: snapshot.Entry.IsInitialized),
                options.Logger,
                options.Limits);
        }
        catch
        {
            _machine.Dispose();
            throw;
        }

        _callTimeout = options.CallTimeout;
        _coreDumps = options.CoreDumps;
        _logger = options.Logger;
        VirtualMemory = new GuestVirtualMemory(this);
        _entry = snapshot.Entry;
    }

    /// <summary>What can be done with it.</summary>
    public SandboxStatus Status { get; private set; }

    /// <summary>Where everything lies in the guest's memory.</summary>
    public SandboxLayout Layout => _machine.Snapshot.Layout;

    /// <summary>The guest-physical memory, as the machine has it now. The guest changes it while a call runs.</summary>
    internal GuestMemory PhysicalMemory => _machine.Memory;

    /// <summary>Makes a sandbox of a guest's binary: loads it, and runs it up to where it takes calls.</summary>
    /// <param name="path">The file: an ELF executable for x86-64, linked with <c>-static-pie</c> or to an address from 0x4000
    /// on.</param>
    /// <param name="configure">Sets what is to be other than usual.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="GuestBinaryException">The file is no guest.</exception>
    /// <exception cref="ArgumentException">An option cannot be so.</exception>
    /// <exception cref="MachineException">The engine failed.</exception>
    /// <exception cref="SandboxException">The guest has not come to where it takes calls.</exception>
    public static Sandbox Create(string path, Action<SandboxOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        SandboxOptions options = Configure(configure);
        return CreateFrom(ReadFile(path, options.Limits.ImageBytes), options);
    }

    /// <summary>Makes a sandbox of a guest's binary in memory.</summary>
    /// <param name="binary">The file's bytes.</param>
    /// <param name="configure">Sets what is to be other than usual.</param>
    /// <inheritdoc cref="Create(string, Action{SandboxOptions}?)"/>
    public static Sandbox Create(ReadOnlyMemory<byte> binary, Action<SandboxOptions>? configure = null)
        => CreateFrom(binary, Configure(configure));

    /// <summary>Makes a sandbox of a snapshot.</summary>
    /// <param name="snapshot">The snapshot, which may be disposed of afterwards.</param>
    /// <param name="configure">Sets what is to be other than usual.</param>
    /// <exception cref="ArgumentException">An option cannot be so, or can have no effect.</exception>
    /// <exception cref="MachineException">The engine failed.</exception>
    /// <exception cref="SandboxException">The guest has not come to where it takes calls.</exception>
    public static Sandbox Create(Snapshot snapshot, Action<SandboxOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        SandboxOptions options = Configure(configure);
        options.RequireNoLayout();
        return CreateAndRelease(snapshot.Hold(), options);
    }

    /// <summary>Lets go of the machine and of the memory.</summary>
    /// <exception cref="InvalidOperationException">A call runs.</exception>
    public void Dispose()
    {
        switch (Interlocked.CompareExchange(ref _use, Closed, Free))
        {
            case Free:
                _machine.Dispose();
                break;
            case Closed:
                break;
            default:
                throw new InvalidOperationException("A call runs in the sandbox: cancel it, and wait until it has ended.");
        }
    }

    private static SandboxOptions Configure(Action<SandboxOptions>? configure)
    {
        var options = new SandboxOptions();
        configure?.Invoke(options);
        options.RequireConsistent();
        return options;
    }

    private static Sandbox CreateFrom(ReadOnlyMemory<byte> binary, SandboxOptions options)
    {
        GuestImage image = GuestLoader.Load(binary, options.Limits.ImageBytes);
        using var files = new OpenedFiles(options.MappedFiles);
        SnapshotState snapshot = SnapshotBuilder.Build(
            image,
            options.SizesFor((ulong)image.Bytes.Length) with { MappedFiles = files.Sizes },
            options.InitData.Span,
            options.InitDataAccess ?? MemoryAccess.Read,
            files);
        return CreateAndRelease(snapshot, options);
    }

    private static Sandbox CreateAndRelease(SnapshotState snapshot, SandboxOptions options)
    {
        try
        {
            return Create(snapshot, options);
        }
        finally
        {
            // The sandbox holds what it needs.
            snapshot.Release();
        }
    }

    /// <summary>Reads a file of at most some bytes, also one that does not say how many it has.</summary>
    private static byte[] ReadFile(string path, long mostBytes)
    {
        using FileStream file = File.OpenRead(path);
        var content = new MemoryStream();
        var buffer = new byte[64 << 10];
        for (int read; (read = file.Read(buffer)) != 0;)
        {
            content.Write(buffer, 0, read);
            if (content.Length > mostBytes)
                throw new GuestBinaryException($"{path} has more than the {mostBytes} bytes that are allowed.");
        }

        return content.ToArray();
    }

    private static Sandbox Create(SnapshotState snapshot, SandboxOptions options)
    {
        var sandbox = new Sandbox(snapshot, options);
        try
        {
            if (!snapshot.Entry.IsInitialized)
                sandbox.Initialize(options);
        }
        catch
        {
            sandbox.Dispose();
            throw;
        }

        return sandbox;
    }

    /// <summary>Runs the guest up to where it takes calls.</summary>
    private void Initialize(SandboxOptions options)
    {
        using Busy busy = Enter();
        LogLevel usual = options.Logger is null ? LogLevel.None : LogLevel.Information;
        int logLevel = LevelOf(options.GuestLogLevel ?? usual);
        uint seed = (uint)RandomNumberGenerator.GetInt32(int.MinValue, int.MaxValue);
        using var deadline = new CallDeadline(_machine.Cpu, options.InitializationTimeout, CancellationToken.None);
        try
        {
            _machine.BeginInitialization(_entry, seed, logLevel);
            _runner.Run(deadline);
            _runner.RequireEmptyBuffers();
        }
        catch (ProtocolException violation)
        {
            throw Bury(Broken(violation));
        }
        catch (Exception death)
        {
            Bury(death);
            throw;
        }

        GeneralRegisters registers = _machine.Cpu.Registers;
        _entry = new GuestEntry(registers.Rax, registers.Rsp & ~15UL, IsInitialized: true);
    }

    // As guests number levels: 0 off, 1 error, up to 5 trace.
    private static int LevelOf(LogLevel level) => level switch
    {
        LogLevel.Trace => 5,
        LogLevel.Debug => 4,
        LogLevel.Information => 3,
        LogLevel.Warning => 2,
        LogLevel.Error or LogLevel.Critical => 1,
        _ => 0,
    };
}
