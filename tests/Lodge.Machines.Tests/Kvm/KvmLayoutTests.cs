using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Lodge.Machines.Interop;
using Xunit;

namespace Lodge.Machines.Tests;

/// <summary>Structures and numbers against literals, and where there is a compiler against the kernel's header.</summary>
public sealed class KvmLayoutTests
{
    /// <summary>C expressions, what they are here, and what they have to be.</summary>
    private static readonly (string Expression, long Here, long Pinned)[] Layout =
    [
        .. Struct<kvm_dirty_log>(16, ("slot", 0), ("dirty_bitmap", 8)),
        .. Struct<kvm_regs>(144, ("rax", 0), ("rsp", 48), ("rbp", 56), ("r8", 64), ("rip", 128), ("rflags", 136)),
        .. Struct<kvm_segment>(
            24, ("base", 0), ("limit", 8), ("selector", 12), ("type", 14), ("present", 15), ("dpl", 16), ("db", 17), ("s", 18),
            ("l", 19), ("g", 20), ("avl", 21), ("unusable", 22)),
        .. Struct<kvm_dtable>(16, ("base", 0), ("limit", 8)),
        .. Struct<kvm_sregs>(
            312, ("cs", 0), ("ds", 24), ("es", 48), ("fs", 72), ("gs", 96), ("ss", 120), ("tr", 144), ("ldt", 168), ("gdt", 192),
            ("idt", 208), ("cr0", 224), ("cr2", 232), ("cr3", 240), ("cr4", 248), ("cr8", 256), ("efer", 264), ("apic_base", 272),
            ("interrupt_bitmap", 280)),
        .. Struct<kvm_debugregs>(128, ("db", 0), ("dr6", 32), ("dr7", 40), ("flags", 48), ("reserved", 56)),
        .. Struct<kvm_vcpu_events>(64),
        .. Struct<kvm_xcrs>(392),
        .. Struct<kvm_guest_debug>(72, ("control", 0), ("pad", 4), ("arch.debugreg", 8)),
        .. Struct<kvm_interrupt>(4, ("irq", 0)),
        .. Struct<kvm_cpuid_entry2>(
            40, ("function", 0), ("index", 4), ("flags", 8), ("eax", 12), ("ebx", 16), ("ecx", 20), ("edx", 24), ("padding", 28)),
        .. Struct<kvm_run>(
            2352, ("request_interrupt_window", 0), ("immediate_exit", 1), ("exit_reason", 8),
            ("ready_for_interrupt_injection", 12), ("if_flag", 13), ("cr8", 16), ("apic_base", 24),
            ("hw.hardware_exit_reason", 32),
            ("fail_entry.hardware_entry_failure_reason", 32), ("fail_entry.cpu", 40), ("io.direction", 32), ("io.size", 33),
            ("io.port", 34), ("io.count", 36), ("io.data_offset", 40), ("debug.arch.exception", 32), ("debug.arch.pc", 40),
            ("debug.arch.dr6", 48), ("debug.arch.dr7", 56), ("mmio.phys_addr", 32), ("mmio.data", 40), ("mmio.len", 48),
            ("mmio.is_write", 52), ("internal.suberror", 32), ("internal.ndata", 36), ("internal.data", 40),
            ("emulation_failure.flags", 40), ("emulation_failure.insn_size", 48), ("emulation_failure.insn_bytes", 49),
            ("system_event.type", 32), ("system_event.ndata", 36)),
        ("sizeof(struct kvm_userspace_memory_region)", Unsafe.SizeOf<KvmSlot>(), 32),
        ("sizeof(struct kvm_msrs) + sizeof(struct kvm_msr_entry)", Unsafe.SizeOf<kvm_msr>(), 24),
        ("sizeof(struct kvm_msrs) + offsetof(struct kvm_msr_entry, index)", (long)Marshal.OffsetOf<kvm_msr>("index"), 8),
        ("sizeof(struct kvm_msrs) + offsetof(struct kvm_msr_entry, data)", (long)Marshal.OffsetOf<kvm_msr>("data"), 16),
        ("offsetof(struct kvm_signal_mask, sigset)", (long)Marshal.OffsetOf<kvm_signal_mask>("sigset_low"), 4),
        ("sizeof(struct sigaction)", Unsafe.SizeOf<sigaction_t>(), 152),
        ("offsetof(struct sigaction, sa_flags)", (long)Marshal.OffsetOf<sigaction_t>("sa_flags"), 136),
        ("sizeof(sigset_t)", Unsafe.SizeOf<sigset_t>(), 128),
        ("sizeof(struct timespec)", Unsafe.SizeOf<__kernel_timespec>(), 16),
        ("KVM_MEM_LOG_DIRTY_PAGES", (long)KvmSlotFlags.LogDirtyPages, 1),
        ("KVM_MEM_READONLY", (long)KvmSlotFlags.ReadOnly, 2),
    ];

    [Fact]
    public void Structures_HaveTheSizesAndOffsetsOfTheInterface()
        => Assert.All(
            Layout, line => Assert.True(line.Here == line.Pinned, $"{line.Expression} is {line.Here} and not {line.Pinned}."));

    [Fact]
    public void Requests_HoldTheSizeOfTheirStructure()
    {
        // _IOC: bits 29:16 of a request.
        Assert.Equal(Unsafe.SizeOf<KvmSlot>(), Size(KvmIoctl.KVM_SET_USER_MEMORY_REGION));
        Assert.Equal(Unsafe.SizeOf<kvm_dirty_log>(), Size(KvmIoctl.KVM_GET_DIRTY_LOG));
        Assert.Equal(Unsafe.SizeOf<kvm_regs>(), Size(KvmIoctl.KVM_GET_REGS));
        Assert.Equal(Unsafe.SizeOf<kvm_sregs>(), Size(KvmIoctl.KVM_SET_SREGS));
        Assert.Equal(Unsafe.SizeOf<kvm_debugregs>(), Size(KvmIoctl.KVM_GET_DEBUGREGS));
        Assert.Equal(Unsafe.SizeOf<kvm_vcpu_events>(), Size(KvmIoctl.KVM_SET_VCPU_EVENTS));
        Assert.Equal(Unsafe.SizeOf<kvm_xcrs>(), Size(KvmIoctl.KVM_SET_XCRS));
        Assert.Equal(Unsafe.SizeOf<kvm_guest_debug>(), Size(KvmIoctl.KVM_SET_GUEST_DEBUG));
        Assert.Equal(Unsafe.SizeOf<kvm_interrupt>(), Size(KvmIoctl.KVM_INTERRUPT));
        Assert.Equal(KvmCpu.UsualXsaveSize, Size(KvmIoctl.KVM_GET_XSAVE));

        static int Size(uint request) => (int)(request >> 16 & 0x3FFF);
    }

    [KvmHeaderFact]
    public async Task Header_HasTheSameNumbers()
    {
        (string Expression, long Expected)[] all =
        [
            .. Layout.Select(line => (line.Expression, line.Pinned)),
            .. Constants(typeof(KvmIoctl)),
            .. Constants(typeof(KvmCap)),
            .. Enum.GetValues<KvmExit>().Where(exit => exit <= KvmExit.KVM_EXIT_X86_WRMSR)
                .Select(exit => (exit.ToString(), (long)exit)),
        ];
        long[] there = await Compile([.. all.Select(line => line.Expression)]);
        Assert.All(all.Zip(there), pair => Assert.True(
            pair.First.Expected == pair.Second, $"{pair.First.Expression} is {pair.Second} and not {pair.First.Expected}."));
    }

    private static IEnumerable<(string, long)> Constants(Type type)
        => type.GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (field.Name, Convert.ToInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture)));

    private static IEnumerable<(string, long, long)> Struct<T>(int size, params (string Field, int Offset)[] fields)
        where T : unmanaged
    {
        string name = typeof(T).Name;
        yield return ($"sizeof(struct {name})", Unsafe.SizeOf<T>(), size);
        foreach ((string field, int offset) in fields)
        {
            string here = field.Replace("debug.arch.", "debug_", StringComparison.Ordinal)
                .Replace("arch.", "", StringComparison.Ordinal).Replace('.', '_');
            yield return ($"offsetof(struct {name}, {field})", (long)Marshal.OffsetOf<T>(here), offset);
        }
    }

    private static async Task<long[]> Compile(IReadOnlyList<string> expressions)
    {
        string folder = Directory.CreateTempSubdirectory("lodge-kvm").FullName;
        try
        {
            string source = Path.Combine(folder, "layout.c");
            string program = Path.Combine(folder, "layout");
            await File.WriteAllTextAsync(
                source,
                "#define _GNU_SOURCE\n#include <signal.h>\n#include <stddef.h>\n#include <stdio.h>\n#include <time.h>\n"
                + "#include <linux/kvm.h>\nint main(void)\n{\n"
                + string.Concat(expressions.Select(e => $"printf(\"%llu\\n\", (unsigned long long)({e}));\n")) + "return 0;\n}\n",
                TestContext.Current.CancellationToken);
            HostProgram.Run("gcc", "-o", program, source);
            string output = HostProgram.Run(program);
            string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            return [.. lines.Select(line => long.Parse(line, CultureInfo.InvariantCulture))];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
