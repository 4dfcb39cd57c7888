// A guest with page tables of its own, inside of a guest-physical space that a hypervisor made of other page tables.
// The host builds both, reads the guest's virtual memory through them, and says what was wrong where the guest made a mistake.
using Lodge.Memory;
using Lodge.Paging;

const ulong MiB = 1 << 20;
using GuestMemory host = GuestMemory.Anonymous(64 * MiB);

// The second stage: the guest sees 32 MiB that come page by page from the host's frames, and a read-only ROM.
using var physical = new StageTwoSpace(host, PageTableFormat.EptFourLevels, new FrameAllocator(new GuestRange(0, 64 * MiB)));
physical.MapAllocated(new GuestRange(0, 32 * MiB), MemoryAccess.All);
physical.MapAllocated(new GuestRange(0xfff0_0000, 1 * MiB), MemoryAccess.ReadExecute);
physical.Owner.Write(0xffff_fff0, "jmp start"u8); // its owner may write ROM

// The first stage: page tables of x86-64 in the guest's own memory, with a kernel in the upper half and a program in the lower.
var editor = new PageTableEditor(
    physical, PageTableFormat.X64FourLevels, new FrameAllocator(new GuestRange(1 * MiB, 1 * MiB)));
editor.Map(new GuestRange(0xffff_ffff_8000_0000, 4 * MiB), 4 * MiB, MemoryAccess.All);
editor.Map(new GuestRange(0x40_0000, 0x3000), 0x80_1000, MemoryAccess.ReadExecute, Privilege.User);
editor.Map(new GuestRange(0x7fff_f000, 0x1000), 0x80_8000, MemoryAccess.ReadWrite, Privilege.User);

// A processor's registers say which tables are in use; so could those in a dump.
TranslationRegime regime = TranslationRegime.FromX64(new X64Registers
{
    Cr0 = 0x8005_0033,
    Cr3 = editor.Table.Root.Value,
    Cr4 = 0x30_0020, // PAE, SMEP, SMAP
    Efer = 0xd01,
});
var kernel = new PagedMemory(physical, regime);
var user = new PagedMemory(physical, regime, new PagedMemoryOptions { Privilege = Privilege.User });

// Virtual memory is memory: everything that works on an address space works on it.
kernel.Write(0xffff_ffff_8000_0ffc, 0x1122_3344_5566_7788);
user.Write(0x7fff_fff8, 42L);
Console.WriteLine($"0x{kernel.Read<ulong>(0xffff_ffff_8000_0ffc):x} {user.Read<long>(0x7fff_fff8)}");

Console.WriteLine();
foreach (GuestAddress address in new GuestAddress[] { 0x40_0000, 0x7fff_fff8, 0x1234_5000, 0x8000_0000_0000_0000 })
    Console.WriteLine(user.TryWrite(address, 1, out AccessFault fault) ? $"write at {address}: done." : fault.ToString());

Console.WriteLine(kernel.TryRead(0x40_0000, out int _, out AccessFault denied) ? "SMAP is off" : $"SMAP: {denied}");

Console.WriteLine();
Console.Write(PageTablePrinter.Print(kernel.Walker.Walk(0xffff_ffff_8020_1234, MemoryAccess.Read)));

Console.WriteLine();
PageTablePrinter.Write(Console.Out, user.Walker.GetMappedRanges());

// The hypervisor takes a page away, and gives the guest a fresh one when it asks.
physical.Unmap(new GuestRange(0x80_8000, 0x1000));
Console.WriteLine();
Console.WriteLine(user.TryRead(0x7fff_fff8, out long _, out AccessFault gone) ? "?" : gone.ToString());
physical.MapAllocated(new GuestRange(0x80_8000, 0x1000), MemoryAccess.All);
Console.WriteLine(user.Read<long>(0x7fff_fff8));
