namespace Lodge.Machines.Tests;

/// <summary>Where things lie in the memory of a <see cref="BareGuest"/>. Virtual addresses are physical ones.</summary>
internal static class BareLayout
{
    public const ulong Gdt = 0x1000;
    public const ulong Idt = 0x2000;
    public const ulong TaskState = 0x3000;
    public const ulong Handlers = 0x4000;
    public const ulong PageTables = 0x10_0000;
    public const ulong PageTableBytes = 0x10_0000;

    /// <summary>The program's stack grows down from here, 64 KiB.</summary>
    public const ulong StackTop = 0x21_0000;

    /// <summary>The stack of handlers that are entered from ring 3.</summary>
    public const ulong HandlerStackTop = 0x22_0000;

    /// <summary>The stack of gates that name the first stack of the task state.</summary>
    public const ulong InterruptStackTop = 0x23_0000;

    /// <summary>Where a program begins.</summary>
    public const ulong Image = 0x40_0000;

    /// <summary>Where ring 3, which may use no ports, writes instead: to this and the port's number. No memory is
    /// there.</summary>
    public const ulong PortWindow = 0xE000_0000;

    public const ulong PortWindowBytes = 0x1000;

    /// <summary>Programs use no memory from here on, except as their arguments say.</summary>
    public const ulong Free = 0x80_0000;
}
