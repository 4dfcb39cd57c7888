using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;

namespace Lodge.Sandbox;

/// <summary>What a vCPU keeps between calls: everything but the general registers, which each call sets anew.</summary>
internal sealed class CpuState
{
    // CR0 with PE, MP, ET, NE, WP, AM and PG; CR4 with PAE, OSFXSR and OSXMMEXCPT; EFER with SCE, LME, LMA and NXE.
    private const ulong InitialCr0 = 0x8005_0033;
    private const ulong InitialCr4 = 0x620;
    private const ulong InitialEfer = 0xD01;

    // 64-bit code, readable, accessed, present.
    private const ushort CodeAttributes = 0x209B;

    // Of an XSAVE area (Intel SDM, volume 1, 13.4): what says which components are not in their initial state.
    private const int XsaveStates = 512;
    private const byte XsaveX87AndSse = 3;

    // What a guest can set, beside what is among the system registers.
    private static readonly ImmutableArray<uint> MsrIndices =
    [
        Msr.SysenterCs, Msr.SysenterEsp, Msr.SysenterEip, Msr.Pat, Msr.Star, Msr.Lstar, Msr.Cstar, Msr.SyscallMask,
        Msr.KernelGsBase, Msr.TscAux,
    ];

    private CpuState(SystemRegisters system, DebugRegisters debug, ImmutableArray<(uint Index, ulong Value)> msrs)
    {
        System = system;
        Debug = debug;
        Msrs = msrs;
    }

    public SystemRegisters System { get; }

    public DebugRegisters Debug { get; }

    public ImmutableArray<(uint Index, ulong Value)> Msrs { get; }

    /// <summary>The state in which a guest begins: 64-bit mode, with the page tables of a layout and no descriptor
    /// tables.</summary>
    public static CpuState Initial(SandboxLayout layout, IVirtualCpu fresh)
    {
        var registers = new SystemRegisters
        {
            Cr0 = InitialCr0,
            Cr3 = layout.PageTables.Value,
            Cr4 = InitialCr4,
            Efer = InitialEfer,
            Cs = new SegmentRegister { Attributes = CodeAttributes, Limit = uint.MaxValue },
            Tr = SegmentRegister.TaskState64(selector: 0, GuestAddress.Zero, limit: 0xFFFF),
            ApicBase = fresh.SystemRegisters.ApicBase,
        };
        var debug = new DebugRegisters { Dr6 = DebugRegisters.InitialDr6, Dr7 = DebugRegisters.InitialDr7 };
        return new CpuState(registers, debug, ReadMsrs(fresh));
    }

    /// <summary>The state of a vCPU, whose page tables will be where the layout has them.</summary>
    public static CpuState Of(IVirtualCpu cpu, SandboxLayout layout)
    {
        SystemRegisters registers = cpu.SystemRegisters;
        registers.Cr3 = layout.PageTables.Value;
        return new CpuState(registers, cpu.DebugRegisters, ReadMsrs(cpu));
    }

    /// <summary>The state that a stored snapshot has.</summary>
    public static CpuState FromDocument(SnapshotDocument.CpuDocument document)
    {
        var values = ImmutableArray.CreateBuilder<(uint Index, ulong Value)>();
        foreach (uint index in MsrIndices)
        {
            if (document.ModelSpecific.TryGetValue(NameOf(index), out ulong value))
                values.Add((index, value));
        }

        return new CpuState(document.System, document.Debug, values.ToImmutable());
    }

    /// <summary>The state, as a stored snapshot has it.</summary>
    public SnapshotDocument.CpuDocument ToDocument() => new()
    {
        System = System,
        Debug = Debug,
        ModelSpecific = Msrs.ToDictionary(static msr => NameOf(msr.Index), static msr => msr.Value),
    };

    /// <summary>Puts a vCPU into this state, the FPU into that of a new call.</summary>
    public void ApplyTo(IVirtualCpu cpu)
    {
        cpu.SystemRegisters = System;
        cpu.DebugRegisters = Debug;
        ResetFpu(cpu);

        // No guest sees what another has made of the counter.
        cpu.TrySetMsr(Msr.TimeStampCounter, 0);
        foreach ((uint index, ulong value) in Msrs)
        {
            if (!cpu.TrySetMsr(index, value))
                throw new MachineException($"The engine does not take 0x{value:x} for the model-specific register 0x{index:x}.");
        }
    }

    private static string NameOf(uint index) => string.Create(CultureInfo.InvariantCulture, $"0x{index:x}");

    /// <summary>All of the FPU's state, also that of units which this library does not know.</summary>
    private static void ResetFpu(IVirtualCpu cpu)
    {
        Span<byte> area = stackalloc byte[cpu.XsaveSize];
        area.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(area, FpuRegisters.InitialControlWord);
        BinaryPrimitives.WriteUInt32LittleEndian(area[24..], FpuRegisters.InitialMxcsr);
        area[XsaveStates] = XsaveX87AndSse;
        cpu.SetXsave(area);
    }

    private static ImmutableArray<(uint Index, ulong Value)> ReadMsrs(IVirtualCpu cpu)
    {
        var values = ImmutableArray.CreateBuilder<(uint Index, ulong Value)>();
        foreach (uint index in MsrIndices)
        {
            if (cpu.TryGetMsr(index, out ulong value))
                values.Add((index, value));
        }

        return values.ToImmutable();
    }
}
