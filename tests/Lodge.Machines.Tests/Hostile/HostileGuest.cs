using Iced.Intel;
using Xunit;

namespace Lodge.Machines.Tests;

/// <summary>A machine for an attack: its memory lies between canaries of the host's, exits are answered and counted, and time and
/// memory are limited.</summary>
internal sealed class HostileGuest : IDisposable
{
    /// <summary>How many exits that no program makes are answered before the run ends.</summary>
    public const int MostOtherExits = 2_000;

    /// <summary>What the guest reads where there is no memory, in its lowest bytes.</summary>
    public const ulong HoleValue = 0xA5B6_C7D8_E9FA_0B1C;

    /// <summary>Its lowest four bytes.</summary>
    public const uint HoleDword = 0xE9FA_0B1C;

    /// <summary>What a run may allocate on the host.</summary>
    public const long MostAllocatedBytes = 64 << 20;

    private static readonly TimeSpan TimeToCancel = TimeSpan.FromSeconds(5);

    private const byte Canary = 0xC3;
    private const int CanaryBytes = 64 << 10;

    private readonly HostMapping _host = HostMapping.Anonymous(
        HostileLayout.RamBytes + HostileLayout.RomBytes + HostileLayout.DataOnlyBytes + (4 * CanaryBytes));

    private readonly List<MemoryRegion> _regions = [];
    private readonly List<(ulong Offset, ulong Length)> _canaries = [];
    private readonly List<VmExit> _otherExits = [];
    private ulong _used;
    private bool _isLost;

    public HostileGuest(IMachineEngine engine, BareGuestOptions? options = null)
    {
        Engine = engine;
        MemoryRegion ram = Place(0, HostileLayout.RamBytes, RegionOptions.Default);
        Rom = Place(HostileLayout.Rom, HostileLayout.RomBytes, RegionOptions.ReadOnly);
        DataOnly = Place(
            HostileLayout.DataOnly, HostileLayout.DataOnlyBytes, new RegionOptions { Permissions = MemoryAccess.ReadWrite });
        PlaceCanary();
        Rom.GetHostSlice().Fill(0x90);

        Guest = new BareGuest(engine, (options ?? BareGuestOptions.Default) with { Ram = ram, LargestPageLevel = 1 });
        Guest.Machine.Map(Rom);
        Guest.Machine.Map(DataOnly);
        Guest.OnOtherExit = AnswerOther;
        PageAttributes all = Guest.PageAttributes;
        Map(HostileLayout.Hole, HostileLayout.Hole, HostileLayout.HoleBytes, all);
        Map(HostileLayout.FarHole, HostileLayout.FarHole, HostileLayout.HoleBytes, all);
        Map(HostileLayout.Rom, HostileLayout.Rom, HostileLayout.RomBytes, all);
        Map(HostileLayout.DataOnly, HostileLayout.DataOnly, HostileLayout.DataOnlyBytes, all);
        Map(HostileLayout.ImageAlias, BareLayout.Image, HostileLayout.AliasBytes, all);
        Map(HostileLayout.NoExecuteAlias, HostileLayout.Aliased, HostileLayout.AliasBytes, Only(MemoryAccess.ReadWrite));
        Map(HostileLayout.ReadOnlyAlias, HostileLayout.Aliased, HostileLayout.AliasBytes, Only(MemoryAccess.ReadExecute));
    }

    public IMachineEngine Engine { get; }

    public BareGuest Guest { get; }

    public GuestMemory Memory => Guest.Memory;

    public MemoryRegion Rom { get; }

    public MemoryRegion DataOnly { get; }

    /// <summary>The exits that no program makes, in their order.</summary>
    public IReadOnlyList<VmExit> OtherExits => _otherExits;

    /// <summary>Whether the engine does exactly what a processor does. One that runs in another hypervisor may not.</summary>
    public bool IsExact => IsExactOn(Engine);

    /// <inheritdoc cref="IsExact"/>
    public static bool IsExactOn(IMachineEngine engine) => engine is SoftwareEngine || engine.Probe().RunsEverything;

    /// <summary>The root of the page tables.</summary>
    public ulong Root => Guest.Tables.Table.Root.Value;

    /// <summary>Where the entry of a page of 4 KiB lies.</summary>
    public ulong EntryAddress(ulong address)
    {
        ulong entry = Root | 1;
        for (int shift = 39; ; shift -= 9)
        {
            ulong at = (entry & 0x000F_FFFF_FFFF_F000) + (((address >> shift) & 511) * 8);
            if (shift == 12)
                return at;

            entry = Memory.Read<ulong>(at);
            Assert.True((entry & 0x81) == 1, $"0x{address:x} is in no page of 4 KiB.");
        }
    }

    /// <summary>Writes code, and <c>hlt</c> behind it, to where programs begin, and sets the registers so that it
    /// begins.</summary>
    public void Assemble(Action<Assembler> write)
    {
        Guest.Start(Code(BareLayout.Image, code =>
        {
            write(code);
            code.cli();
            code.hlt();
        }));
    }

    /// <summary>Code for an address.</summary>
    public static byte[] Code(ulong address, Action<Assembler> write)
    {
        var code = new Assembler(64);
        write(code);
        var stream = new MemoryStream();
        code.Assemble(new StreamCodeWriter(stream), address);
        return stream.ToArray();
    }

    // A decoded instruction, and its part of its block.
    private const long BytesOfInstruction = 64;

    /// <summary>Runs, and sees to it that the host is as it was.</summary>
    public BareRun Run(TimeSpan limit)
    {
        // On a thread of its own: what cannot be cancelled fails the test, and does not hold up the others.
        BareRun? run = null;
        Exception? thrown = null;
        long allocated = 0;
        var thread = new Thread(() =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            thrown = Record.Exception(() => run = Guest.Run(limit));
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        })
        {
            IsBackground = true,
        };
        thread.Start();
        _isLost = !thread.Join(limit + TimeToCancel);
        Assert.False(_isLost, $"Cancelled after {limit}, it did not end within {TimeToCancel}.");
        Assert.Null(thrown);

        // Decoding takes memory for each instruction, which is thrown away again; compiling all that is executed takes more, and is
        // for tests only.
        if (Guest.Cpu is SoftwareCpu cpu && Guest.Machine.Engine is SoftwareEngine { Options.CompilesAtOnce: false })
        {
            long most = MostAllocatedBytes + (BytesOfInstruction * (long)cpu.InstructionsExecuted);
            Assert.True(allocated < most, $"It allocated {allocated:N0} bytes on the host.");
        }

        AssertHostIsUnchanged();
        return run!;
    }

    /// <summary>Fails where something outside of the guest's memory has changed, or in its ROM.</summary>
    public void AssertHostIsUnchanged()
    {
        foreach ((ulong offset, ulong length) in _canaries)
        {
            Assert.True(
                HostSpan(offset, length).IndexOfAnyExcept(Canary) < 0,
                $"The host's memory beside the guest's was changed, at {offset:x} to {offset + length:x} of the mapping.");
        }
    }

    public void Dispose()
    {
        // Nothing may be taken from a vCPU that still runs.
        if (_isLost)
            return;

        Guest.Dispose();
        foreach (MemoryRegion region in _regions)
            region.Dispose();

        _host.Dispose();
    }

    private bool AnswerOther(VmExit exit)
    {
        _otherExits.Add(exit);
        if (exit.Kind is VmExitKind.MmioRead or VmExitKind.PortIn)
            Guest.Cpu.Answer(HoleValue);

        return exit.Kind is VmExitKind.MmioRead or VmExitKind.MmioWrite or VmExitKind.PortIn or VmExitKind.PortOut
            && _otherExits.Count < MostOtherExits;
    }

    private PageAttributes Only(MemoryAccess access)
        => Guest.PageAttributes with
        {
            Rights = Guest.PageAttributes.Rights & PageRights.Same(access),
        };

    private void Map(ulong address, ulong target, ulong length, PageAttributes attributes)
        => Guest.Tables.Map(new GuestRange(address, length), target, attributes);

    private MemoryRegion Place(ulong address, ulong size, RegionOptions options)
    {
        PlaceCanary();
        var region = MemoryRegion.FromMapping(address, _host, _used, size, options);
        _used += size;
        _regions.Add(region);
        return region;
    }

    private void PlaceCanary()
    {
        HostSpan(_used, CanaryBytes).Fill(Canary);
        _canaries.Add((_used, CanaryBytes));
        _used += CanaryBytes;
    }

    // In bounds: the constructor adds up what it places, and the mapping is this object's.
    private unsafe Span<byte> HostSpan(ulong offset, ulong length)
        => new((void*)(_host.DangerousAddress + (nint)offset), (int)length);
}
