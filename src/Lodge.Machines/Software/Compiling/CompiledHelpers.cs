using System.Runtime.Intrinsics.X86;

namespace Lodge.Machines;

/// <summary>What compiled code calls.</summary>
internal static class CompiledHelpers
{
    /// <summary>Executes one instruction by the interpreter's code.</summary>
    public static unsafe BlockExit Execute(Processor cpu, ref MicroOp op) => op.Handler(cpu, ref op);

    /// <summary>Reads memory the long way.</summary>
    public static bool Read(Processor cpu, ref MicroOp op, ulong instruction, ulong address, int size)
    {
        cpu.BlockStart = instruction;
        return cpu.ReadSlow(ref op, address, size);
    }

    /// <summary>Reads memory that will be written, the long way.</summary>
    public static bool ReadForWrite(Processor cpu, ref MicroOp op, ulong instruction, ulong address, int size)
    {
        cpu.BlockStart = instruction;
        return cpu.ReadForWriteSlow(ref op, address, size);
    }

    /// <summary>Writes memory the long way.</summary>
    public static bool Write(Processor cpu, ref MicroOp op, ulong instruction, ulong address, int size, ulong value)
    {
        cpu.BlockStart = instruction;
        return cpu.WriteSlow(ref op, address, size, value);
    }

    /// <summary>What was read the long way.</summary>
    public static ulong Slow(Processor cpu) => (ulong)cpu.Scratch;

    /// <summary>Says where the region was left; the instructions are counted.</summary>
    public static void SetStopPlace(Processor cpu, ulong address) => cpu.SetStopPlace(address);

    public static bool Holds(Processor cpu, int condition) => cpu.Holds(condition);

    public static ulong Carry(Processor cpu) => cpu.Carry;

    /// <summary>The upper half of a product.</summary>
    public static ulong HighProduct(ulong a, ulong b)
        => Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(a, b) : Math.BigMul(a, b, out _);

    public static ulong HighSignedProduct(ulong a, ulong b)
        => HighProduct(a, b) - (((ulong)((long)a >> 63) & b) + ((ulong)((long)b >> 63) & a));
}
