namespace Lodge.Machines;

/// <summary>What CPUID says of the software CPU: a fixed model, the same on every host.</summary>
/// <remarks>
/// An x86-64 processor of the first level (SSE2), with what newer kernels like to use: NX, 1 GiB pages, <c>rdtscp</c>,
/// <c>fsgsbase</c>, SMEP, SMAP, UMIP, five levels of page tables, and of the newer instructions <c>popcnt</c>, <c>lzcnt</c>
/// and <c>movbe</c>. There is no BMI1 (<c>tzcnt</c> is <c>bsf</c>), no x87 arithmetic, no MMX, no APIC and no XSAVE.
/// </remarks>
internal static class ProcessorModel
{
    public const int PhysicalAddressBits = 48;
    public const ulong PhysicalAddressMask = (1UL << PhysicalAddressBits) - 1;

    private const string Vendor = "LodgeSoftCPU";
    private const string Brand = "Lodge software CPU";
    private const uint Signature = 0x0006_0F10;
    private const uint LastBasic = 7;
    private const uint LastExtended = 0x8000_0008;
    private const uint Hypervisor = 0x4000_0000;

    // Leaf 1.
    private const uint EdxDebugging = 1u << 2;
    private const uint EdxPageSize = 1u << 3;
    private const uint EdxTimeStamp = 1u << 4;
    private const uint EdxMsr = 1u << 5;
    private const uint EdxPhysicalExtension = 1u << 6;
    private const uint EdxCompareExchange8 = 1u << 8;
    private const uint EdxGlobalPages = 1u << 13;
    private const uint EdxConditionalMove = 1u << 15;
    private const uint EdxPat = 1u << 16;
    private const uint EdxFlushLine = 1u << 19;
    private const uint EdxFxSave = 1u << 24;
    private const uint EdxSse = 1u << 25;
    private const uint EdxSse2 = 1u << 26;
    private const uint EcxMoveBigEndian = 1u << 22;
    private const uint EcxPopulationCount = 1u << 23;
    private const uint EcxHypervisor = 1u << 31;

    // Leaf 7.
    private const uint EbxFsGsBase = 1u << 0;
    private const uint EbxSmep = 1u << 7;
    private const uint EbxFastRepeat = 1u << 9;
    private const uint EbxSmap = 1u << 20;
    private const uint EcxUserModePrevention = 1u << 2;
    private const uint EcxFiveLevels = 1u << 16;

    // Leaf 0x8000_0001.
    private const uint EcxLahf = 1u << 0;
    private const uint EcxLeadingZeroCount = 1u << 5;
    private const uint EdxSyscall = 1u << 11;
    private const uint EdxNoExecute = 1u << 20;
    private const uint EdxGigabytePages = 1u << 26;
    private const uint EdxRdtscp = 1u << 27;
    private const uint EdxLongMode = 1u << 29;

    /// <summary>What <c>cpuid</c> gives.</summary>
    /// <param name="leaf">EAX.</param>
    /// <param name="subleaf">ECX.</param>
    public static (uint Eax, uint Ebx, uint Ecx, uint Edx) Get(uint leaf, uint subleaf) => leaf switch
    {
        0 => (LastBasic, Part(Vendor, 0), Part(Vendor, 8), Part(Vendor, 4)),
        1 => (Signature, 8 << 8, EcxMoveBigEndian | EcxPopulationCount | EcxHypervisor,
            EdxDebugging | EdxPageSize | EdxTimeStamp | EdxMsr | EdxPhysicalExtension | EdxCompareExchange8 | EdxGlobalPages
            | EdxConditionalMove | EdxPat | EdxFlushLine | EdxFxSave | EdxSse | EdxSse2),
        7 when subleaf == 0 => (0, EbxFsGsBase | EbxSmep | EbxFastRepeat | EbxSmap, EcxUserModePrevention | EcxFiveLevels, 0),
        Hypervisor => (Hypervisor, Part(Vendor, 0), Part(Vendor, 4), Part(Vendor, 8)),
        0x8000_0000 => (LastExtended, 0, 0, 0),
        0x8000_0001 => (Signature, 0, EcxLahf | EcxLeadingZeroCount,
            EdxSyscall | EdxNoExecute | EdxGigabytePages | EdxRdtscp | EdxLongMode),
        0x8000_0002 or 0x8000_0003 or 0x8000_0004 => BrandPart((int)(leaf - 0x8000_0002) * 16),
        0x8000_0008 => (PhysicalAddressBits | (57 << 8), 0, 0, 0),
        _ => (0, 0, 0, 0),
    };

    private static (uint Eax, uint Ebx, uint Ecx, uint Edx) BrandPart(int from)
        => (Part(Brand, from), Part(Brand, from + 4), Part(Brand, from + 8), Part(Brand, from + 12));

    private static uint Part(string text, int from)
    {
        uint part = 0;
        for (int index = 0; index < 4 && from + index < text.Length; index++)
            part |= (uint)text[from + index] << (8 * index);

        return part;
    }
}
