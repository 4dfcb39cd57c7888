using System.Globalization;
using Lodge.Machines.Interop;

namespace Lodge.Machines;

/// <summary>Exits that the host can only report, in words.</summary>
internal static unsafe class KvmExitText
{
    private const ulong InstructionBytesGiven = 1;

    public static string Describe(in kvm_run run) => (KvmExit)run.exit_reason switch
    {
        KvmExit.KVM_EXIT_SHUTDOWN => "triple fault",
        KvmExit.KVM_EXIT_SYSTEM_EVENT => DescribeSystemEvent(run),
        KvmExit.KVM_EXIT_FAIL_ENTRY => string.Create(
            CultureInfo.InvariantCulture,
            $"the processor refused to enter the guest, hardware reason 0x{run.fail_entry_hardware_entry_failure_reason:x} (on "
            + $"processor {run.fail_entry_cpu}): its registers are no state that a processor can be in (Intel SDM, volume 3, "
            + $"28.3; AMD APM, volume 2, 15.5.1)"),
        KvmExit.KVM_EXIT_INTERNAL_ERROR => DescribeInternalError(run),
        KvmExit.KVM_EXIT_UNKNOWN => string.Create(
            CultureInfo.InvariantCulture, $"KVM does not know the hardware's exit 0x{run.hw_hardware_exit_reason:x}"),
        KvmExit reason when Enum.IsDefined(reason)
            => $"exit {(uint)reason} ({reason}), which no machine of this library asks for",
        KvmExit reason => $"exit {(uint)reason}, which this library does not know",
    };

    private static string DescribeSystemEvent(in kvm_run run) => run.system_event_type switch
    {
        1 => "the guest switched the system off",
        2 => "the guest reset the system",
        3 => "the guest reported a crash",
        uint type => $"system event {type}",
    };

    private static string DescribeInternalError(in kvm_run run)
    {
        int words = (int)Math.Min(run.internal_ndata, kvm_run.MostInternalErrorWords);
        string what = run.internal_suberror switch
        {
            1 => "KVM cannot emulate an instruction",
            2 => "exceptions at the same time",
            3 => "KVM could not deliver an event",
            4 => "an exit that KVM did not expect",
            uint other => $"suberror {other}",
        };

        // The bytes take the first four words, and are there only if the flags were given.
        if (run.internal_suberror == 1 && words >= 4 && (run.emulation_failure_flags & InstructionBytesGiven) != 0)
            return what + Instruction(run);

        var data = new List<string>(words);
        for (int i = 0; i < words; i++)
            data.Add(string.Create(CultureInfo.InvariantCulture, $"0x{run.internal_data[i]:x}"));

        return data.Count == 0 ? what : $"{what}; data {string.Join(' ', data)}";
    }

    private static string Instruction(in kvm_run run)
    {
        int size = Math.Min(run.emulation_failure_insn_size, (byte)kvm_run.MostInstructionBytes);
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++)
            bytes[i] = run.emulation_failure_insn_bytes[i];

        return $"; instruction bytes {Convert.ToHexStringLower(bytes)}";
    }
}
