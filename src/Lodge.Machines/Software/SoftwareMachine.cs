namespace Lodge.Machines;

/// <summary>A machine of the software engine.</summary>
internal sealed unsafe class SoftwareMachine : IVirtualMachine
{
    // More than anybody needs, so that a mistake ends.
    private const int MostSlots = 32_768;

    // After so many instructions that are not known, nothing is said of more.
    private const int MostUnknown = 1000;

    private readonly Lock _gate = new();
    private readonly HashSet<ulong> _unknown = [];
    private readonly MachineSlots _slots;
    private readonly List<SoftwareCpu> _cpuList = [];
    private volatile SlotTable _table = SlotTable.Empty;
    private volatile SoftwareCpu[] _cpus = [];
    private long _runs;
    private bool _isDisposed;

    public SoftwareMachine(SoftwareEngine engine)
    {
        Engine = engine;
        Options = engine.Options;
        _slots = new MachineSlots(this, MostSlots);
    }

    public IMachineEngine Engine { get; }

    public SoftwareOptions Options { get; }

    public LiveGuestMemory Memory => _slots.Memory;

    public IReadOnlyList<MemorySlot> Slots => _slots.All;

    /// <summary>The slots as processors use them.</summary>
    public SlotTable SlotTable => _table;

    /// <summary>Held by atomic operations that no single access of the host's does.</summary>
    public Lock SplitLock { get; } = new();

    public MemorySlot Map(MemoryRegion region, MemorySlotOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(region);
        options ??= MemorySlotOptions.Default;
        MemorySlot slot;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            options.Code?.CheckIsOf(region);
            TranslatedCode code = options.Code ?? new TranslatedCode(region, isImmutable: false, Options.TranslationBudget);
            slot = _slots.Create(region, options.LogDirty);
            try
            {
                SlotTable table = _table.With(new SoftwareSlot(slot, code));
                _slots.Add(slot);
                _table = table;
            }
            catch
            {
                _slots.Abandon(slot);
                throw;
            }
        }

        AskAll(SoftwareRequests.Reload);
        return slot;
    }

    public void Unmap(MemorySlot slot)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _slots.Require(slot);
            _slots.Remove(slot);
            _table = _table.Without(slot);
        }

        // Only then does nobody use it any more.
        AskAll(SoftwareRequests.Reload);
        slot.Release();
    }

    public void SetDirtyLogging(MemorySlot slot, bool enabled)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _slots.Require(slot);
            if (slot.LogsDirty == enabled)
                return;

            if (enabled)
                _slots.ProvideBitmap(slot);

            slot.LogsDirty = enabled;
        }

        // What may be written without asking was not marked.
        AskAll(SoftwareRequests.Reload);
    }

    public void HarvestDirty(MemorySlot slot, DirtyPages pages)
    {
        ArgumentNullException.ThrowIfNull(pages);
        DirtyBitmap dirty;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            dirty = _slots.RequireLogged(slot);
        }

        // The order counts: a write that comes without a mark until the processors ask again is seen by who reads the page after
        // this, and from then on writes mark anew.
        dirty.Harvest(pages);
        AskAll(SoftwareRequests.DropWrites);
    }

    public IVirtualCpu CreateCpu()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var cpu = new SoftwareCpu(this);

            // Before anybody else knows of it, and could serve it.
            cpu.Processor.Reload();
            _cpuList.Add(cpu);
            _cpus = [.. _cpuList];
            return cpu;
        }
    }

    /// <summary>Disposes of a vCPU, unless it runs.</summary>
    public void Remove(SoftwareCpu cpu)
    {
        lock (_gate)
        {
            cpu.DisposeUnsynchronized();
            _cpuList.Remove(cpu);
            _cpus = [.. _cpuList];
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed)
                return;

            foreach (SoftwareCpu cpu in _cpuList)
                cpu.ThrowIfRunning();

            // One that has begun to run since then refuses; what is left can be disposed of later.
            while (_cpuList.Count > 0)
            {
                _cpuList[^1].DisposeUnsynchronized();
                _cpuList.RemoveAt(_cpuList.Count - 1);
            }

            _isDisposed = true;
            _cpus = [];
            _table = SlotTable.Empty;
            _slots.ReleaseAll();
        }
    }

    /// <summary>Whether nobody has met an unknown instruction at an address before.</summary>
    public bool IsNewUnknown(ulong address)
    {
        lock (_unknown)
            return _unknown.Count < MostUnknown && _unknown.Add(address);
    }

    /// <summary>A number that no other run has.</summary>
    public long NextRun() => Interlocked.Increment(ref _runs);

    /// <summary>Sees to it that no processor writes to a page of host memory without asking.</summary>
    public void DropWrites(Processor asking, byte* host)
    {
        asking.DropWrites(host);
        SoftwareCpu[] cpus = _cpus;
        if (cpus.Length > 1)
            AskOthers(asking, cpus, SoftwareRequests.DropWrites);
    }

    /// <summary>Sees to it that processors look at code again.</summary>
    public void ForgetCode(Processor asking)
    {
        asking.ForgetCodeAddresses();
        foreach (SoftwareCpu cpu in _cpus)
        {
            if (cpu.Processor != asking)
                cpu.Processor.Request(SoftwareRequests.ForgetCode);
        }
    }

    private void AskAll(SoftwareRequests request)
    {
        foreach (SoftwareCpu cpu in _cpus)
            cpu.Processor.RequestAndWait(request, asking: null);
    }

    private static void AskOthers(Processor asking, SoftwareCpu[] cpus, SoftwareRequests request)
    {
        foreach (SoftwareCpu cpu in cpus)
        {
            if (cpu.Processor != asking)
                cpu.Processor.RequestAndWait(request, asking);
        }
    }
}
