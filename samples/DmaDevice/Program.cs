// A device written once. It reads a request from its guest's memory, does the work there, and writes an answer. It runs over
// plain guest-physical memory, over I/O-virtual memory behind an IOMMU, and over a view that lets it reach nothing else.
using Lodge.Memory;

using GuestMemory memory = GuestMemory.Anonymous(1 << 20);

// The guest driver has put a request at 0x2000 and the text at 0x5000.
memory.WriteExactly(0x5000, "hello from the guest"u8);
memory.Write(0x2000, new Request { Text = 0x5000, Length = 20 });
Console.WriteLine($"physical: {Upcase.Serve(memory, 0x2000)} -> {memory.ReadUtf8String(0x5000, 64)}");

// The same driver behind an IOMMU: the device sees I/O-virtual addresses, which lead to the same memory.
memory.WriteExactly(0x5000, "hello from the guest"u8);
memory.Write(0x2000, new Request { Text = 0xF000_5000, Length = 20 });
var iotlb = new Iotlb();
iotlb.TryMap(new IommuMapping(new GuestRange(0xF000_2000, 0x1000), 0x2000, MemoryAccess.ReadWrite));
var behindIommu = new IommuMemory(memory, iotlb, new DemandMapper());
Console.WriteLine($"IOMMU:    {Upcase.Serve(behindIommu, 0xF000_2000)} -> {memory.ReadUtf8String(0x5000, 64)}");

// A hostile driver points the device at memory that it was not given.
SpaceView view = SpaceView.Of(memory, new GuestRange(0x2000, 0x1000), MemoryAccess.ReadWrite);
memory.Write(0x2000, new Request { Text = 0x5000, Length = 20 });
Console.WriteLine($"view:     {Upcase.Serve(view, 0x2000)}");
return 0;

internal struct Request
{
    public LittleEndian<ulong> Text;
    public LittleEndian<uint> Length;
    public LittleEndian<uint> Status;
}

internal static class Upcase
{
    private const int LongestText = 256;

    public static string Serve(IAddressSpace space, GuestAddress requestAddress)
    {
        // The request is read once, into a local: what is checked is what is used.
        if (!space.TryRead(requestAddress, out Request request, out AccessFault fault))
            return fault.ToString();

        Span<byte> text = stackalloc byte[LongestText];
        if (request.Length > LongestText)
            return $"A text of {request.Length} bytes is too long.";

        text = text[..(int)request.Length.Value];
        if (!space.TryReadExactly(request.Text.Value, text, out fault))
            return fault.ToString();

        foreach (ref byte letter in text)
            letter = (byte)char.ToUpperInvariant((char)letter);

        request.Status = 1;
        return space.TryWriteExactly(request.Text.Value, text, out fault) && space.TryWrite(requestAddress, request, out fault)
            ? "served"
            : fault.ToString();
    }
}

// Stands for the guest's IOMMU driver: it is asked when the device uses an address for the first time.
internal sealed class DemandMapper : IIommu
{
    public bool TryTranslate(GuestAddress address, MemoryAccess access, out IommuMapping mapping)
    {
        Console.WriteLine($"          (miss at {address})");
        var page = new GuestRange(address.AlignDown(4096), 4096);
        mapping = new IommuMapping(page, page.Start - 0xF000_0000, MemoryAccess.ReadWrite);
        return page.Start >= 0xF000_0000 && page.Start < 0xF010_0000;
    }
}
