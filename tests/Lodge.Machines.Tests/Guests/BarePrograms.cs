namespace Lodge.Machines.Tests;

/// <summary>All programs of <c>guests/bare</c>. The results are those of the same C on the host, which
/// <c>NativeProgramTests</c> computes again.</summary>
internal static class BarePrograms
{
    public static IReadOnlyList<BareProgram> All { get; } =
    [
        new("spin", BareNeeds.None, new(100_000, 7, 0, 0x0000_0001_2A06_B557), new(10_000_000, 0, 0, 0x0000_2D79_8889_6B40))
        {
            HasSseImage = false,
        },
        new("sha256", BareNeeds.None, new(256, 4, 0, 0x7631_78DC_A323_78FE), new(65_536, 4, 0, 0x1E0E_F052_8EA2_BC9D)),
        new("bigint", BareNeeds.None, new(4, 16, 0, 0x7E2C_5A69_4130_9D10), new(32, 512, 0, 0x64C6_E480_7AAB_8356)),
        new("quicksort", BareNeeds.None, new(500, 1, 0, 0xD706_FA14_D65F_A014), new(100_000, 42, 0, 0xCB16_B6E2_BC04_EC4A)),
        new("strings", BareNeeds.None, new(500, 2, 0, 0xB390_30D4_64FE_3F83), new(32_768, 20, 0, 0x0579_F177_D4F8_DE1A)),
        new("recursion", BareNeeds.None, new(12, 2, 5, 0xEFBA_3EEA_51AF_B176), new(27, 6, 9, 0xC7C7_DAF8_73F8_7659)),
        new("crc32", BareNeeds.None, new(1024, 2, 0, 0x0E0B_2209_9E5E_E615), new(65_536, 8, 0, 0x0022_A6A7_612D_9EE0)),
        new("floats", BareNeeds.None, new(20, 8, 8, 0xF5A0_E0F4_1DF1_DB36), new(2000, 64, 64, 0xD35C_B94D_54DE_71C5))
        {
            HasIntegerImage = false,
        },
        new("selfmod", BareNeeds.None, new(5, 0, 0, 0xE2EB_EEF9_DED2_6220), new(2000, 0, 0, 0xC38C_21CE_F370_A040))
        {
            HasSseImage = false,
        },
        new(
            "cow",
            BareNeeds.Ring0 | BareNeeds.PageFaults,
            new(4, 1, 0, 0x8FBE_8890_7DDB_07C4),
            new(64, 8, 0, 0xD9DE_EA37_65A8_4715))
        {
            HasSseImage = false,
        },
        new(
            "interrupts",
            BareNeeds.Ring0 | BareNeeds.PageFaults | BareNeeds.Interrupts | BareNeeds.UserMemory,
            new(2, 0, 0, 0x3209_DF15_7833_8FAF),
            new(500, 0, 0, 0x0F9A_6F4F_A26F_D1A5))
        {
            HasSseImage = false,
        },
    ];
}
