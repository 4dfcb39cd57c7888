// A processor of six instructions that runs a guest program from memory. The guest loads from an address where nothing is,
// and stores to its own ROM; each fault comes back as a value that says what to inject, and the guest's handler goes on from there.
using Lodge.Memory;

const ulong Rom = 0x0000, Ram = 0x8000, Screen = 0x9000;
uint[] program =
[
    Op(Code.Set, 1, 'o'), Op(Code.Set, 2, 0x9000), Op(Code.Store, 1, 2), // prints an o
    Op(Code.Set, 3, 0x7000), Op(Code.Load, 4, 3),                        // nothing is there: translation abort
    Op(Code.Set, 5, 0x0040), Op(Code.Store, 1, 5),                       // ROM: permission abort
    Op(Code.Set, 6, 0x8001), Op(Code.Load, 7, 6),                        // not a multiple of 4: alignment abort
    Op(Code.Set, 1, 'k'), Op(Code.Store, 1, 2), Op(Code.Halt, 0, 0),     // prints a k
];
uint[] handler = [Op(Code.Set, 1, '!'), Op(Code.Store, 1, 2), Op(Code.Return, 0, 0)];

using MemoryRegion rom = MemoryRegion.Anonymous(Rom, 0x1000, RegionOptions.ReadOnly with { Label = "ROM" });
using MemoryRegion ram = MemoryRegion.Anonymous(Ram, 0x1000, new RegionOptions { Label = "RAM" });
for (int i = 0; i < program.Length; i++)
    rom.GetHostSlice().Write((ulong)i * 4, new LittleEndian<uint>(program[i]));
for (int i = 0; i < handler.Length; i++)
    rom.GetHostSlice().Write(0x800 + ((ulong)i * 4), new LittleEndian<uint>(handler[i]));

var bus = new GuestBus(GuestMemory.Create(rom, ram));
bus.Add(new GuestRange(Screen, 4), new Terminal(), MmioAccessSizes.DoubleWord);

var registers = new uint[8];
uint pc = 0, returnTo = 0;
while (true)
{
    if (bus.LoadU32(pc, out uint instruction) is not FaultKind.None and var fetchFault)
        throw new InvalidOperationException($"The guest left its ROM at 0x{pc:x}: {fetchFault}.");

    (Code code, int a, uint b) = ((Code)(instruction >> 24), (int)(instruction >> 16) & 7, instruction & 0xFFFF);
    pc += 4;
    FaultKind fault = FaultKind.None;
    switch (code)
    {
        case Code.Set:
            registers[a] = b;
            break;
        case Code.Load:
            fault = bus.LoadU32(registers[b & 7], out uint loaded);
            registers[a] = fault == FaultKind.None ? loaded : registers[a];
            break;
        case Code.Store:
            fault = bus.StoreU32(registers[b & 7], registers[a]);
            break;
        case Code.Return:
            pc = returnTo;
            break;
        default:
            Console.WriteLine($"\nhalted at 0x{pc - 4:x}");
            return 0;
    }

    if (fault != FaultKind.None)
    {
        Console.Write($"[{fault} abort at 0x{pc - 4:x}]");
        (returnTo, pc) = (pc, 0x800); // the abort vector
    }
}

static uint Op(Code code, uint a, uint b) => ((uint)code << 24) | (a << 16) | b;

internal enum Code : uint { Halt, Set, Load, Store, Return }

internal sealed class Terminal : IMmioDevice
{
    public ulong Read(ulong offset, int size) => 0;

    public void Write(ulong offset, int size, ulong value) => Console.Write((char)value);
}
