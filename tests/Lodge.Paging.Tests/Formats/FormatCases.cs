using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Every format, with each option on its own and some together.</summary>
internal static class FormatCases
{
    private static readonly Dictionary<string, FormatCase> ByName
        = X64().Concat(Ept()).Concat(AArch64Stage1()).Concat(AArch64Stage2()).Concat(RiscV()).ToDictionary(@case => @case.Name);

    public static TheoryData<string> Names => [.. ByName.Keys];

    public static IEnumerable<FormatCase> All => ByName.Values;

    public static FormatCase Get(string name) => ByName[name];

    private static IEnumerable<FormatCase> X64()
    {
        yield return Make("x64 4 levels", PageTableFormat.X64FourLevels);
        yield return Make("x64 5 levels", PageTableFormat.X64FiveLevels);
        yield return X64("36 bits", new X64Options { PhysicalAddressBits = 36 });
        yield return X64("without NX", new X64Options { NoExecute = false });
        yield return X64("without 1 GiB", new X64Options { GigabytePages = false });
        yield return X64("PAT of Linux", new X64Options { Pat = 0x0407_0506_0007_0106 });
        yield return X64(
            "5 levels, 46 bits, nothing",
            new X64Options { FiveLevels = true, PhysicalAddressBits = 46, NoExecute = false, GigabytePages = false });
    }

    private static IEnumerable<FormatCase> Ept()
    {
        yield return Make("ept 4 levels", PageTableFormat.EptFourLevels);
        yield return Make("ept 5 levels", PageTableFormat.EptFiveLevels);
        yield return Ept("39 bits", new EptOptions { PhysicalAddressBits = 39 });
        yield return Ept("A/D", new EptOptions { AccessedDirty = true });
        yield return Ept("without execute-only", new EptOptions { ExecuteOnly = false });
        yield return Ept("without 1 GiB", new EptOptions { GigabytePages = false });
        yield return Ept("mode-based execute", new EptOptions { ModeBasedExecute = true });
        yield return Ept(
            "5 levels, everything",
            new EptOptions { FiveLevels = true, ModeBasedExecute = true, AccessedDirty = true, PhysicalAddressBits = 46 });
        yield return Ept(
            "mode-based execute without execute-only",
            new EptOptions { ModeBasedExecute = true, ExecuteOnly = false, AccessedDirty = true });
    }

    private static IEnumerable<FormatCase> AArch64Stage1()
    {
        foreach (AArch64Granule granule in Enum.GetValues<AArch64Granule>())
        {
            var plain = new AArch64Stage1Options { Granule = granule };
            AArch64Stage1Options wide = plain with { WideAddresses = true, OutputBits = 52, InputBits = 52 };
            yield return Stage1("48 bits", plain);
            yield return Stage1("48 bits, HA HD", plain with { HardwareAccessFlag = true, HardwareDirty = true });
            yield return Stage1(
                "39 bits, upper, TBI, 40 out",
                plain with { InputBits = 39, IsUpper = true, TopByteIgnored = true, OutputBits = 40 });
            yield return Stage1(
                "47 bits, HPD, HA", plain with { InputBits = 47, HierarchicalRightsDisabled = true, HardwareAccessFlag = true });
            yield return Stage1("36 bits, MAIR of each kind", plain with { InputBits = 36, Mair = 0xbb47_f077_0c08_0400 });
            yield return Stage1("wide", wide);
            yield return Stage1(
                "wide, upper, HA HD", wide with { IsUpper = true, HardwareAccessFlag = true, HardwareDirty = true });
            yield return Stage1(
                "wide, 48 in, 48 out, outer", wide with { InputBits = 48, OutputBits = 48, Shareability = Shareability.Outer });
        }

        yield return Stage1("25 bits", AArch64Stage1Options.Default with { InputBits = 25 });
    }

    private static IEnumerable<FormatCase> AArch64Stage2()
    {
        foreach (AArch64Granule granule in Enum.GetValues<AArch64Granule>())
        {
            var plain = new AArch64Stage2Options { Granule = granule };
            AArch64Stage2Options wide = plain with { WideAddresses = true, OutputBits = 52, InputBits = 52 };
            yield return Stage2("40 bits", plain);
            yield return Stage2("48 bits, XNX", plain with { InputBits = 48, ExecuteNeverExtension = true });
            yield return Stage2(
                "39 bits, HA HD, 44 out",
                plain with { InputBits = 39, HardwareAccessFlag = true, HardwareDirty = true, OutputBits = 44 });
            yield return Stage2("wide", wide);
            yield return Stage2(
                "wide, XNX, HA HD", wide with { ExecuteNeverExtension = true, HardwareAccessFlag = true, HardwareDirty = true });
        }
    }

    private static IEnumerable<FormatCase> RiscV()
    {
        foreach (RiscVMode mode in Enum.GetValues<RiscVMode>())
        {
            foreach (bool isGuest in new[] { false, true })
            {
                var plain = new RiscVOptions { Mode = mode, GuestStage = isGuest };
                string name = $"riscv {mode}{(isGuest ? "x4" : "")}";
                yield return Make(name, PageTableFormat.RiscV(plain));
                yield return Make($"{name}, Svpbmt", PageTableFormat.RiscV(plain with { MemoryTypes = true }));
                yield return Make(
                    $"{name}, Svpbmt Svadu, 44 bits",
                    PageTableFormat.RiscV(
                        plain with { MemoryTypes = true, HardwareAccessedDirty = true, PhysicalAddressBits = 44 }));
            }
        }
    }

    private static FormatCase X64(string name, X64Options options) => Make($"x64 {name}", PageTableFormat.X64(options));

    private static FormatCase Ept(string name, EptOptions options) => Make($"ept {name}", PageTableFormat.Ept(options));

    private static FormatCase Stage1(string name, AArch64Stage1Options options)
        => Make($"aarch64 stage 1, {options.Granule}, {name}", PageTableFormat.AArch64Stage1(options));

    private static FormatCase Stage2(string name, AArch64Stage2Options options)
        => Make($"aarch64 stage 2, {options.Granule}, {name}", PageTableFormat.AArch64Stage2(options));

    private static FormatCase Make(string name, PageTableFormat format) => new(name, format);
}
