using Iced.Intel;

namespace Lodge.Machines;

/// <content>What the processor belongs to, and what it is after a reset.</content>
internal sealed unsafe partial class Processor
{
    private readonly SoftwareMachine _machine;
    private readonly SoftwareOptions _options;
    private SlotTable _slots = SlotTable.Empty;
    private GuestMemory _memory = GuestMemory.Empty;

    /// <summary>The state of an x86 processor after a reset (Intel SDM, volume 3, table 10-1).</summary>
    private void Reset()
    {
        Rip = 0xFFF0;
        Rflags = 0;
        var data = new SegmentRegister { Limit = 0xFFFF, Attributes = 0x93 };
        SetSystem(new SystemRegisters
        {
            Cs = new SegmentRegister { Selector = 0xF000, Base = 0xFFFF_0000, Limit = 0xFFFF, Attributes = 0x9B },
            Ds = data,
            Es = data,
            Fs = data,
            Gs = data,
            Ss = data,
            Tr = new SegmentRegister { Limit = 0xFFFF, Attributes = 0x8B },
            Ldt = new SegmentRegister { Limit = 0xFFFF, Attributes = 0x82 },
            Gdt = new DescriptorTable { Limit = 0xFFFF },
            Idt = new DescriptorTable { Limit = 0xFFFF },
            Cr0 = 0x6000_0010,
            ApicBase = 0xFEE0_0900,
        });
    }

    /// <summary>Takes the machine's slots as they are now.</summary>
    internal void Reload()
    {
        _slots = _machine.SlotTable;
        _memory = _machine.Memory.Current;
        if (_walkers is not null)
            UseRegime(_walkers.Regime, _tableWalkers!.Regime);

        FlushTlb();
    }

    /// <summary>The general registers.</summary>
    internal GeneralRegisters GetGeneral() => new()
    {
        Rax = this[0],
        Rcx = this[1],
        Rdx = this[2],
        Rbx = this[3],
        Rsp = this[4],
        Rbp = this[5],
        Rsi = this[6],
        Rdi = this[7],
        R8 = this[8],
        R9 = this[9],
        R10 = this[10],
        R11 = this[11],
        R12 = this[12],
        R13 = this[13],
        R14 = this[14],
        R15 = this[15],
        Rip = Rip,
        Rflags = Rflags,
    };

    internal void SetGeneral(in GeneralRegisters registers)
    {
        // Who goes on elsewhere gives up what the instruction was waiting for.
        if (registers.Rip != Rip)
            GiveUpAccess();

        this[0] = registers.Rax;
        this[1] = registers.Rcx;
        this[2] = registers.Rdx;
        this[3] = registers.Rbx;
        this[4] = registers.Rsp;
        this[5] = registers.Rbp;
        this[6] = registers.Rsi;
        this[7] = registers.Rdi;
        this[8] = registers.R8;
        this[9] = registers.R9;
        this[10] = registers.R10;
        this[11] = registers.R11;
        this[12] = registers.R12;
        this[13] = registers.R13;
        this[14] = registers.R14;
        this[15] = registers.R15;
        Rip = registers.Rip;
        SetAllFlags(registers.Rflags);
        _isShutDown = false;
        _interruptShadow = false;
    }

    /// <summary>Says that an instruction is not known, each address once.</summary>
    internal void NoteUnknown(ulong address, int length)
    {
        if (_options.Logger is not { } logger || !_machine.IsNewUnknown(address))
            return;

        // As it is in memory now: what was decoded may belong to another machine too.
        Span<byte> bytes = stackalloc byte[length];
        for (int i = 0; i < length; i++)
        {
            bool isThere = _walkers!.Looking.TryTranslate(
                address + (ulong)i, MemoryAccess.Execute, _privilege, out PageTranslation page, out _);
            if (isThere && _memory.TryRead(page.Address, out byte value, out _))
                bytes[i] = value;
        }

        Instruction instruction = Decoder.Create(64, bytes.ToArray(), address).Decode();
        SoftwareLog.UnknownInstruction(logger, address, instruction.ToString());
    }
}
