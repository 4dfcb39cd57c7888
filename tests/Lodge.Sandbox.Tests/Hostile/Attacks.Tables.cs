namespace Lodge.Sandbox.Tests;

internal static partial class Attacks
{
    // Present, writable, accessed; and dirty.
    private const ulong Table = 0x23;
    private const ulong Page = 0x63;
    private const ulong Large = 0x80;

    private static IEnumerable<Attack> Tables()
    {
        foreach (Attack attack in TablesThatReturn())
            yield return attack with { SnapshotWorks = true };

        ulong[] roots =
        [
            0, 8, 0x1000, 0x4000, 0x10000, 0xFFFF_F000, 0x10_0000_0000, 0xF_FFFF_F000, 1UL << 40, 1UL << 51,
            0x000F_FFFF_FFFF_F000, 1UL << 52, 1UL << 62, 1UL << 63, ulong.MaxValue,
        ];
        foreach (ulong root in roots)
        {
            yield return new($"root at 0x{root:x}", Outcomes.Stopped, "RootElsewhere", Hex(root));
            yield return new(
                $"answer with the root at 0x{root:x}", Outcomes.Stopped | Outcomes.Value, "AnswerWithRoot", Hex(root));
        }

        foreach (uint slot in new uint[] { 0, 506, 509, 511 })
        {
            // Without code, handlers have none either, and fault for ever; without descriptors nothing happens at once.
            yield return new($"entry {slot} of the root away", Outcomes.Any, "ForgetSlot", slot) { Timeout = Soon };
            yield return new($"entry {slot} of the root away at the end", Outcomes.Any, "AnswerAndForgetSlot", slot)
            {
                Timeout = Soon,
            };
        }

        yield return new("write to mapped code", Outcomes.Crashed, "WriteCode", 0x4000UL);
        yield return new("rights taken from all pages", Outcomes.Stopped | Outcomes.Value, "ClearEverywhere", 2UL);
        yield return new("marks taken from all pages", Outcomes.Stopped | Outcomes.Value, "ClearEverywhere", 0xE00UL);
        yield return new("all pages away", Outcomes.Stopped, "ClearEverywhere", 1UL);
        yield return new("everything is the user's", Outcomes.Value, "EverythingUser");
        yield return new("everything is the user's, with SMEP", Outcomes.Any, "ChangeCr4", 0UL, Hex(1UL << 20));
    }

    private static IEnumerable<Attack> TablesThatReturn()
    {
        yield return new("table that leads to itself", Outcomes.Value, "TableLoops");
        yield return new("root in itself", Outcomes.Value, "RootInItself");
        foreach (uint count in new uint[] { 1, 10, 100 })
            yield return new($"image {count} times", Outcomes.Value, "TablesAlias", count);

        foreach (uint count in new uint[] { 2, 16, 512 })
            yield return new($"tables that fan out by {count}", Outcomes.Value, "TablesFan", count, 0UL);

        ulong[] places =
        [
            0, 0x1000, 0x4000, 0x5000, 0x40_0000, 0xFEE0_0000, 0xF_FFFF_F000, 0x10_0000_0000, 1UL << 40, 0x000F_FFFF_FFFF_F000,
        ];
        foreach (ulong place in places)
        {
            for (int level = 1; level <= 4; level++)
            {
                ulong entry = place | (level == 1 ? Page : Table);
                yield return new($"level {level} to 0x{place:x}", Outcomes.Value, "EntryAt", level, Hex(entry), 1u);
            }

            foreach (int level in new[] { 2, 3 })
            {
                ulong aligned = place & ~((1UL << (level == 2 ? 21 : 30)) - 1);
                yield return new(
                    $"large page of level {level} to 0x{place:x}",
                    Outcomes.Value,
                    "EntryAt",
                    level,
                    Hex(aligned | Page | Large),
                    1u);
                yield return new(
                    $"large page of level {level} beside 0x{place:x}",
                    Outcomes.Value,
                    "EntryAt",
                    level,
                    Hex(place | 0x2000 | Page | Large),
                    1u);
            }
        }

        yield return new("512 large pages to nothing", Outcomes.Value, "EntryAt", 3, Hex(Page | Large), 512u);
        yield return new("large root entry", Outcomes.Value, "EntryAt", 4, Hex(Page | Large), 1u);
        for (int bit = 0; bit < 64; bit++)
        {
            yield return new(
                $"page with bit {bit} other", Outcomes.Value, "EntryAt", 1, Hex((0x4000 | Page) ^ (1UL << bit)), 1u);
            if (bit != 7)
            {
                yield return new(
                    $"table with bit {bit} other", Outcomes.Value, "EntryAt", 3, Hex((0x4000 | Table) ^ (1UL << bit)), 1u);
            }
        }

        yield return new("all bits set", Outcomes.Value, "EntryAt", 1, Hex(ulong.MaxValue), 512u);
        yield return new("user pages", Outcomes.Value, "UserPages");

        // With an engine on the processor that is a write to memory that is read-only.
        yield return new("tables in the image", Outcomes.Value | Outcomes.Stopped, "TablesInImage");
        yield return new("accessed and dirty cleared", Outcomes.Value, "ClearEverywhere", 0x60UL);
        yield return new("root moved", Outcomes.Value, "MoveRoot");
        yield return new("root moved and the old one cleared", Outcomes.Value, "MoveRootAndReuse");
        yield return new("host's tables as a page", Outcomes.Value, "EntryAt", 1, Hex(0xF_FFFC_0000 | Page), 1u);
        yield return new("buffers as pages", Outcomes.Value, "EntryAt", 1, Hex(0xF_FFFB_8000 | Page), 8u);
        yield return new("large pages of zeros, one table", Outcomes.Value, "LargeZeros", Hex(0xF_FFC0_0000), 1u)
        {
            Configure = static options => options.ScratchSize = 16 << 20,
        };
    }
}
