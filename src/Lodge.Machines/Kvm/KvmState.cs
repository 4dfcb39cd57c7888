using System.Runtime.InteropServices;
using Lodge.Machines.Interop;

namespace Lodge.Machines;

/// <summary>Registers as KVM has them, and as this library does.</summary>
internal static unsafe class KvmState
{
    private const uint KVM_GUESTDBG_ENABLE = 1 << 0;
    private const uint KVM_GUESTDBG_SINGLESTEP = 1 << 1;
    private const uint KVM_GUESTDBG_USE_SW_BP = 1 << 16;
    private const uint KVM_GUESTDBG_USE_HW_BP = 1 << 17;

    /// <summary>Registers with what somebody changed about earlier ones.</summary>
    public static GeneralRegisters WithChanges(in GeneralRegisters now, in GeneralRegisters before, in GeneralRegisters wanted)
    {
        kvm_regs result = ToNative(now);
        kvm_regs old = ToNative(before);
        kvm_regs changed = ToNative(wanted);
        Span<ulong> results = Words(ref result);
        Span<ulong> olds = Words(ref old);
        Span<ulong> changes = Words(ref changed);
        for (int i = 0; i < results.Length; i++)
        {
            if (changes[i] != olds[i])
                results[i] = changes[i];
        }

        return FromNative(result);
    }

    private static Span<ulong> Words(ref kvm_regs registers)
        => MemoryMarshal.Cast<kvm_regs, ulong>(new Span<kvm_regs>(ref registers));

    public static GeneralRegisters FromNative(in kvm_regs r) => new()
    {
        Rax = r.rax,
        Rbx = r.rbx,
        Rcx = r.rcx,
        Rdx = r.rdx,
        Rsi = r.rsi,
        Rdi = r.rdi,
        Rsp = r.rsp,
        Rbp = r.rbp,
        R8 = r.r8,
        R9 = r.r9,
        R10 = r.r10,
        R11 = r.r11,
        R12 = r.r12,
        R13 = r.r13,
        R14 = r.r14,
        R15 = r.r15,
        Rip = r.rip,
        Rflags = r.rflags,
    };

    public static kvm_regs ToNative(in GeneralRegisters r) => new()
    {
        rax = r.Rax,
        rbx = r.Rbx,
        rcx = r.Rcx,
        rdx = r.Rdx,
        rsi = r.Rsi,
        rdi = r.Rdi,
        rsp = r.Rsp,
        rbp = r.Rbp,
        r8 = r.R8,
        r9 = r.R9,
        r10 = r.R10,
        r11 = r.R11,
        r12 = r.R12,
        r13 = r.R13,
        r14 = r.R14,
        r15 = r.R15,
        rip = r.Rip,
        rflags = r.Rflags | GeneralRegisters.FixedFlags,
    };

    public static SystemRegisters FromNative(in kvm_sregs r) => new()
    {
        Cs = FromNative(r.cs),
        Ds = FromNative(r.ds),
        Es = FromNative(r.es),
        Fs = FromNative(r.fs),
        Gs = FromNative(r.gs),
        Ss = FromNative(r.ss),
        Tr = FromNative(r.tr),
        Ldt = FromNative(r.ldt),
        Gdt = new DescriptorTable { Base = r.gdt.@base, Limit = r.gdt.limit },
        Idt = new DescriptorTable { Base = r.idt.@base, Limit = r.idt.limit },
        Cr0 = r.cr0,
        Cr2 = r.cr2,
        Cr3 = r.cr3,
        Cr4 = r.cr4,
        Cr8 = r.cr8,
        Efer = r.efer,
        ApicBase = r.apic_base,
    };

    public static kvm_sregs ToNative(in SystemRegisters r) => new()
    {
        cs = ToNative(r.Cs),
        ds = ToNative(r.Ds),
        es = ToNative(r.Es),
        fs = ToNative(r.Fs),
        gs = ToNative(r.Gs),
        ss = ToNative(r.Ss),
        tr = ToNative(r.Tr),
        ldt = ToNative(r.Ldt),
        gdt = new kvm_dtable { @base = r.Gdt.Base, limit = r.Gdt.Limit },
        idt = new kvm_dtable { @base = r.Idt.Base, limit = r.Idt.Limit },
        cr0 = r.Cr0,
        cr2 = r.Cr2,
        cr3 = r.Cr3,
        cr4 = r.Cr4,
        cr8 = r.Cr8,
        efer = r.Efer,
        apic_base = r.ApicBase,
    };

    public static DebugRegisters FromNative(in kvm_debugregs r)
        => new() { Dr0 = r.db[0], Dr1 = r.db[1], Dr2 = r.db[2], Dr3 = r.db[3], Dr6 = r.dr6, Dr7 = r.dr7 };

    public static kvm_debugregs ToNative(in DebugRegisters r)
    {
        var native = new kvm_debugregs { dr6 = r.Dr6, dr7 = r.Dr7 };
        native.db[0] = r.Dr0;
        native.db[1] = r.Dr1;
        native.db[2] = r.Dr2;
        native.db[3] = r.Dr3;
        return native;
    }

    public static kvm_guest_debug ToNative(GuestDebugging? debugging)
    {
        var native = new kvm_guest_debug();
        if (debugging is null)
            return native;

        native.control = KVM_GUESTDBG_ENABLE
            | (debugging.SingleStep ? KVM_GUESTDBG_SINGLESTEP : 0)
            | (debugging.SoftwareBreakpoints ? KVM_GUESTDBG_USE_SW_BP : 0);
        if (debugging.Breakpoints.Count == 0)
            return native;

        // DR7: a breakpoint each (L0 to L3), of one byte, at execution: all zero in bits 31:16. Bit 10 is always set.
        native.control |= KVM_GUESTDBG_USE_HW_BP;
        ulong dr7 = DebugRegisters.InitialDr7;
        for (int i = 0; i < debugging.Breakpoints.Count; i++)
        {
            native.debugreg[i] = debugging.Breakpoints[i].Value;
            dr7 |= 1UL << (2 * i);
        }

        native.debugreg[7] = dr7;
        return native;
    }

    // KVM's "unusable" is the hidden bit of a segment that was loaded with a null selector. Here such a segment is not present.
    private static SegmentRegister FromNative(in kvm_segment s) => new()
    {
        Selector = s.selector,
        Base = s.@base,
        Limit = s.limit,
        Attributes = (ushort)((s.type & 0xF) | ((s.s & 1) << 4) | ((s.dpl & 3) << 5)
            | ((s.unusable == 0 ? s.present & 1 : 0) << 7) | ((s.avl & 1) << 12) | ((s.l & 1) << 13)
            | ((s.db & 1) << 14) | ((s.g & 1) << 15)),
    };

    private static kvm_segment ToNative(in SegmentRegister s) => new()
    {
        selector = s.Selector,
        @base = s.Base,
        limit = s.Limit,
        type = (byte)s.Type,
        s = Bit(s.IsCodeOrData),
        dpl = (byte)s.Dpl,
        present = Bit(s.IsPresent),
        avl = (byte)((s.Attributes >> 12) & 1),
        l = Bit(s.IsLong),
        db = Bit(s.IsDefault32),
        g = Bit(s.IsGranular),
        unusable = Bit(!s.IsPresent),
    };

    private static byte Bit(bool value) => value ? (byte)1 : (byte)0;
}
