namespace Lodge.Sandbox.Tests;

internal static partial class Attacks
{
    private static IEnumerable<Attack> Memory()
    {
        ulong[] nowhere =
        [
            0, 0x3FF8, 0x40_0000, 0xFEC0_0000, 0xFEE0_0000, 0xF_0000_0000, 0x10_0000_0000, 1UL << 45, 0x0007_FFFF_FFFF_F000,
        ];
        foreach (ulong address in nowhere)
        {
            yield return new($"read of 0x{address:x}", Outcomes.Stopped, "ReadPhysical", Hex(address));
            yield return new($"write to 0x{address:x}", Outcomes.Stopped, "WritePhysical", Hex(address), 1UL);
            yield return new($"locked write to 0x{address:x}", Outcomes.Stopped, "LockedWritePhysical", Hex(address));
            yield return new($"execution of 0x{address:x}", Outcomes.Stopped, "ExecutePhysical", Hex(address));
            ulong page = address & ~0xFFFUL;
            yield return new($"write across to 0x{page:x}", Outcomes.Stopped, "WriteAcross", Hex(page));
        }

        foreach (ulong address in new ulong[] { 0x4000, 0x8000, 0x10000, 0x14000 })
        {
            yield return new($"write to 0x{address:x} of the snapshot", Outcomes.Crashed, "WritePhysical", Hex(address), 1UL);
            yield return new(
                $"locked write to 0x{address:x} of the snapshot", Outcomes.Crashed, "LockedWritePhysical", Hex(address));
            yield return new($"write across to 0x{address:x} of the snapshot", Outcomes.Stopped, "WriteAcross", Hex(address));
        }

        ulong[] virtuals =
        [
            0, 0x3FF8, 0x0000_7FFF_FFFF_FFFF, 0x0000_8000_0000_0000, 0xFFFF_7FFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF,
        ];
        foreach (ulong address in virtuals)
        {
            yield return new($"virtual read of 0x{address:x}", Outcomes.Stopped, "ReadVirtual", Hex(address));
            yield return new($"virtual write to 0x{address:x}", Outcomes.Stopped, "WriteVirtual", Hex(address), 1UL);
            yield return new($"virtual execution of 0x{address:x}", Outcomes.Stopped, "ExecuteVirtual", Hex(address));
        }

        yield return new("write to code", Outcomes.Aborted, "WriteVirtual", 0x5000UL, 1UL);
        yield return new("execution of the window", Outcomes.Aborted, "ExecuteVirtual", 0xFFFF_FFFF_FFFF_0000);
        const Outcomes StoppedOrNot = Outcomes.Stopped | Outcomes.Value;
        ulong[] words = [0, 1, 0xF_FFFB_8000, 0xF_FFFF_F000, 0x10_0000_0000, ulong.MaxValue - 0xFFF, ulong.MaxValue];
        foreach (ulong distance in new ulong[] { 8, 16, 24, 32, 40 })
        {
            foreach (ulong value in words)
                yield return new($"word 0x{distance:x} = 0x{value:x}", StoppedOrNot, "Bookkeeping", Hex(distance), Hex(value));
        }

        yield return new("scratch used up", Outcomes.Aborted, "TakeAllScratch");
        foreach (ulong value in new ulong[] { 0, 1, 0xF_FFFC_0003, 0x4141_4141_4141_4141, ulong.MaxValue })
        {
            yield return new(
                $"scratch overwritten with 0x{value:x}", Outcomes.Stopped | Outcomes.TimedOut, "OverwriteScratch", Hex(value))
            {
                // What runs then may write over itself again and again, and is decoded anew each time.
                Timeout = Soon,
                MostBytes = 512 << 20,
            };
        }

        foreach (ulong pointer in new ulong[] { 0, 7, 0x4000, 0x0000_8000_0000_0000, 0xFFFF_FFFF_FFFF_FFFF })
            yield return new($"answer with RSP 0x{pointer:x}", Outcomes.Value, "OtherStack", Hex(pointer));
    }
}
