using System.Buffers.Binary;
using System.Text;

namespace Lodge.Dumps;

/// <summary>The notes of a core dump: those that Linux writes for processes on x86-64 (<c>struct elf_prstatus</c> and its
/// neighbours of <c>linux/elfcore.h</c>, <c>asm/user_64.h</c>), and those of Lodge's own.</summary>
internal static class CoreNotes
{
    public const string Owner = "CORE";

    /// <summary>Whose notes are those that only Lodge writes.</summary>
    /// <remarks>gdb takes notes of owners that it does not know for Linux's, so the types are none of Linux's.</remarks>
    public const string LodgeOwner = "LODGE";

    public const uint Status = 1;
    public const uint FpuRegisters = 2;
    public const uint Process = 3;
    public const uint AuxiliaryVector = 6;
    public const uint SignalInformation = 0x5349_4749;

    /// <summary>Of <see cref="LodgeOwner"/>: why the machine stopped, UTF-8.</summary>
    public const uint LodgeCause = 0x4C4F_4401;

    /// <summary>Of <see cref="LodgeOwner"/>: system registers of a processor, one note after each of <see cref="Status"/>: CR0,
    /// CR2, CR3, CR4, EFER, and base and limit of GDT and IDT, 8 bytes each.</summary>
    public const uint LodgeSystemRegisters = 0x4C4F_4402;

    /// <summary>Of <see cref="LodgeOwner"/>: what of the memory is not in the file, UTF-8.</summary>
    public const uint LodgeMissing = 0x4C4F_4403;

    private const int MostTextBytes = 4096;
    private const int StatusBytes = 336;
    private const int ProcessBytes = 136;
    private const int SignalBytes = 128;

    // struct elf_prstatus.
    private const int SignalNumberAt = 0;
    private const int CurrentSignalAt = 12;
    private const int ProcessIdAt = 32;
    private const int RegistersAt = 112;
    private const int HasFpuAt = 328;

    // struct elf_prpsinfo.
    private const int ProcessInfoIdAt = 24;
    private const int NameAt = 40;
    private const int NameBytes = 16;
    private const int ArgumentsAt = 56;
    private const int ArgumentsBytes = 80;

    // siginfo_t.
    private const int SignalAddressAt = 16;

    private const ulong NoEntry = 0;
    private const ulong ProgramHeadersEntry = 3;
    private const ulong ProgramHeaderSizeEntry = 4;
    private const ulong ProgramHeaderCountEntry = 5;
    private const ulong PageSizeEntry = 6;
    private const ulong EntryPointEntry = 9;
    private const ulong ProgramHeaderBytes = 56;
    private const ulong PageBytes = 4096;

    /// <summary>Adds all notes, in Linux's order: of the first processor, of the process, of the others.</summary>
    public static void AddTo(ElfWriter writer, IMemoryImage image, CoreDumpOptions options, string? missing)
    {
        for (int i = 0; i < image.Processors.Count; i++)
        {
            X64ProcessorState processor = image.Processors[i];
            writer.AddNote(Owner, Status, StatusOf(processor, i, options.Cause?.Signal ?? 0));
            if (i == 0)
                AddProcess(writer, options);

            if (!processor.Fpu.IsEmpty)
                writer.AddNote(Owner, FpuRegisters, processor.Fpu.Span);

            writer.AddNote(LodgeOwner, LodgeSystemRegisters, SystemRegistersOf(processor));
        }

        if (options.Cause is { Text.Length: > 0 } cause)
            writer.AddNote(LodgeOwner, LodgeCause, TextOf(cause.Text));

        if (missing is not null)
            writer.AddNote(LodgeOwner, LodgeMissing, TextOf(missing));
    }

    private static void AddProcess(ElfWriter writer, CoreDumpOptions options)
    {
        if (options.Program?.Name is { } name)
            writer.AddNote(Owner, Process, ProcessOf(name));

        if (options.Cause is { Signal: not 0 } cause)
            writer.AddNote(Owner, SignalInformation, SignalOf(cause));

        if (options.Program is { } program)
            writer.AddNote(Owner, AuxiliaryVector, VectorOf(program));
    }

    private static byte[] StatusOf(X64ProcessorState processor, int index, int signal)
    {
        var status = new byte[StatusBytes];
        BinaryPrimitives.WriteInt32LittleEndian(status.AsSpan(SignalNumberAt), signal);
        BinaryPrimitives.WriteInt16LittleEndian(status.AsSpan(CurrentSignalAt), (short)signal);
        BinaryPrimitives.WriteInt32LittleEndian(status.AsSpan(ProcessIdAt), index + 1);
        BinaryPrimitives.WriteInt32LittleEndian(status.AsSpan(HasFpuAt), processor.Fpu.IsEmpty ? 0 : 1);

        // struct user_regs_struct. ORIG_RAX of -1: no system call is to be begun again.
        WriteWords(status.AsSpan(RegistersAt),
        [
            processor.R15, processor.R14, processor.R13, processor.R12, processor.Rbp, processor.Rbx, processor.R11,
            processor.R10, processor.R9, processor.R8, processor.Rax, processor.Rcx, processor.Rdx, processor.Rsi,
            processor.Rdi, ulong.MaxValue, processor.Rip, processor.Cs, processor.Rflags, processor.Rsp, processor.Ss,
            processor.FsBase, processor.GsBase, processor.Ds, processor.Es, processor.Fs, processor.Gs,
        ]);
        return status;
    }

    private static byte[] ProcessOf(string name)
    {
        var process = new byte[ProcessBytes];
        BinaryPrimitives.WriteInt32LittleEndian(process.AsSpan(ProcessInfoIdAt), 1);
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        bytes.AsSpan(0, Math.Min(bytes.Length, NameBytes - 1)).CopyTo(process.AsSpan(NameAt));
        bytes.AsSpan(0, Math.Min(bytes.Length, ArgumentsBytes - 1)).CopyTo(process.AsSpan(ArgumentsAt));
        return process;
    }

    private static byte[] SignalOf(DeathCause cause)
    {
        var signal = new byte[SignalBytes];
        BinaryPrimitives.WriteInt32LittleEndian(signal, cause.Signal);
        BinaryPrimitives.WriteUInt64LittleEndian(signal.AsSpan(SignalAddressAt), cause.FaultAddress?.Value ?? 0);
        return signal;
    }

    private static byte[] VectorOf(LoadedProgram program)
    {
        List<ulong> vector = [PageSizeEntry, PageBytes, EntryPointEntry, program.Entry.Value];
        if (program.ProgramHeaders is { } headers)
        {
            vector.AddRange([
                ProgramHeadersEntry, headers.Value, ProgramHeaderSizeEntry, ProgramHeaderBytes,
                ProgramHeaderCountEntry, (ulong)program.ProgramHeaderCount,
            ]);
        }

        vector.AddRange([NoEntry, 0]);
        var bytes = new byte[vector.Count * sizeof(ulong)];
        WriteWords(bytes, [.. vector]);
        return bytes;
    }

    private static byte[] SystemRegistersOf(X64ProcessorState processor)
    {
        ulong[] values =
        [
            processor.Cr0, processor.Cr2, processor.Cr3, processor.Cr4, processor.Efer,
            processor.GdtBase, processor.GdtLimit, processor.IdtBase, processor.IdtLimit,
        ];
        var bytes = new byte[values.Length * sizeof(ulong)];
        WriteWords(bytes, values);
        return bytes;
    }

    private static ReadOnlySpan<byte> TextOf(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return bytes.AsSpan(0, Math.Min(bytes.Length, MostTextBytes));
    }

    private static void WriteWords(Span<byte> destination, ReadOnlySpan<ulong> values)
    {
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(destination[(i * sizeof(ulong))..], values[i]);
    }
}
