using System.Reflection;

namespace Lodge.Machines;

/// <summary>The fields of <see cref="Processor"/> that compiled code uses.</summary>
internal static class ProcessorFields
{
    public static readonly FieldInfo Registers = Get("_registers");
    public static readonly FieldInfo ReadEntries = Get("_readEntries");
    public static readonly FieldInfo WriteEntries = Get("_writeEntries");
    public static readonly FieldInfo Executed = Get("_executed");
    public static readonly FieldInfo AttentionAt = Get("_attentionAt");
    public static readonly FieldInfo Rip = Get(nameof(Processor.Rip));
    public static readonly FieldInfo BlockStart = Get(nameof(Processor.BlockStart));
    public static readonly FieldInfo FlagsA = Get("_flagsA");
    public static readonly FieldInfo FlagsB = Get("_flagsB");
    public static readonly FieldInfo FlagsResult = Get("_flagsResult");
    public static readonly FieldInfo FlagsState = Get("_flagsState");

    private static FieldInfo Get(string name)
        => typeof(Processor).GetField(name, BindingFlags.Instance | BindingFlags.NonPublic)
            ?? throw new MissingFieldException(nameof(Processor), name);
}
