using System.Buffers.Binary;

namespace Lodge.Machines.Tests.Silicon;

/// <summary>How cases and their outcomes are written for <c>silicon.c</c>, which describes the structures.</summary>
internal static class NativeProtocol
{
    /// <summary>How many cases a batch has at most; the program's buffers are large enough for the longest.</summary>
    public const int MostCases = 1000;

    public const int BatchHeadSize = 8;
    private const int CodeFieldsOffset = RegistersSize + FxImage.Size;
    private const int RegistersSize = 18 * 8;
    private const int RequestSize = CodeFieldsOffset + 8;
    private const int AnswerRegistersSize = 21 * 8;
    private const int AnswerSize = AnswerRegistersSize + FxImage.Size + 8;
    private const int Breakpoint = 3;

    public static byte[] Hello()
    {
        var hello = new byte[16 + SiliconLayout.DataSize];
        BinaryPrimitives.WriteUInt64LittleEndian(hello, SiliconLayout.FsBase);
        BinaryPrimitives.WriteUInt64LittleEndian(hello.AsSpan(8), SiliconLayout.GsBase);
        SiliconLayout.Background.CopyTo(hello.AsSpan(16));
        return hello;
    }

    public static byte[] WriteBatch(IReadOnlyList<SiliconCase> cases)
    {
        int size = cases.Sum(SizeOf);
        var batch = new byte[BatchHeadSize + size];
        BinaryPrimitives.WriteInt32LittleEndian(batch, cases.Count);
        BinaryPrimitives.WriteInt32LittleEndian(batch.AsSpan(4), size);
        Span<byte> rest = batch.AsSpan(BatchHeadSize);
        foreach (SiliconCase item in cases)
            rest = Write(item, rest);

        return batch;
    }

    public static CaseOutcome[] ReadBatch(int count, ReadOnlySpan<byte> answers)
    {
        var outcomes = new CaseOutcome[count];
        for (int i = 0; i < count; i++)
            outcomes[i] = Read(ref answers);

        return answers.IsEmpty ? outcomes : throw new InvalidDataException($"{answers.Length} bytes follow the last answer.");
    }

    private static int SizeOf(SiliconCase item)
        => RequestSize + Padded(item.Code.Length) + item.Patches.Sum(patch => 8 + Padded(patch.Bytes.Length));

    private static Span<byte> Write(SiliconCase item, Span<byte> rest)
    {
        ProcessorState start = item.Start;
        for (int i = 0; i < 16; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(rest[(8 * i)..], start.General[i]);
        BinaryPrimitives.WriteUInt64LittleEndian(rest[(8 * 16)..], start.Rip);
        BinaryPrimitives.WriteUInt64LittleEndian(rest[(8 * 17)..], start.Rflags);
        FxImage.Write(start.Fpu, rest[RegistersSize..]);

        Span<byte> fields = rest[CodeFieldsOffset..];
        BinaryPrimitives.WriteUInt16LittleEndian(fields, (ushort)item.CodeOffset);
        BinaryPrimitives.WriteUInt16LittleEndian(fields[2..], (ushort)item.Code.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(fields[4..], (ushort)item.Patches.Count);
        rest = rest[RequestSize..];
        item.Code.CopyTo(rest);
        rest = rest[Padded(item.Code.Length)..];
        foreach (MemoryPatch patch in item.Patches)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(rest, (ushort)patch.Offset);
            BinaryPrimitives.WriteUInt16LittleEndian(rest[2..], (ushort)patch.Bytes.Length);
            patch.Bytes.CopyTo(rest[8..]);
            rest = rest[(8 + Padded(patch.Bytes.Length))..];
        }

        return rest;
    }

    private static CaseOutcome Read(ref ReadOnlySpan<byte> rest)
    {
        var end = new ProcessorState();
        for (int i = 0; i < 16; i++)
            end.General[i] = BinaryPrimitives.ReadUInt64LittleEndian(rest[(8 * i)..]);
        end.Rip = BinaryPrimitives.ReadUInt64LittleEndian(rest[(8 * 16)..]);
        end.Rflags = BinaryPrimitives.ReadUInt64LittleEndian(rest[(8 * 17)..]);
        var vector = (int)BinaryPrimitives.ReadUInt64LittleEndian(rest[(8 * 18)..]);
        ulong error = BinaryPrimitives.ReadUInt64LittleEndian(rest[(8 * 19)..]);
        ulong address = BinaryPrimitives.ReadUInt64LittleEndian(rest[(8 * 20)..]);
        end.Fpu = FxImage.Read(rest[AnswerRegistersSize..]);
        int words = BinaryPrimitives.ReadInt32LittleEndian(rest[(AnswerRegistersSize + FxImage.Size)..]);
        rest = rest[AnswerSize..];
        var changed = new (int Index, ulong Value)[words];
        for (int i = 0; i < words; i++)
        {
            changed[i] = ((int)BinaryPrimitives.ReadUInt64LittleEndian(rest), BinaryPrimitives.ReadUInt64LittleEndian(rest[8..]));
            rest = rest[16..];
        }

        // An int3 is over when it traps.
        if (vector == Breakpoint)
            end.Rip--;
        return new CaseOutcome
        {
            Vector = vector,
            ErrorCode = error,
            Address = address,
            End = end,
            ChangedWords = changed,
        };
    }

    private static int Padded(int size) => (size + 7) & ~7;
}
