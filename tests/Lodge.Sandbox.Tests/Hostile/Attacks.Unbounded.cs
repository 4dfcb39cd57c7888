namespace Lodge.Sandbox.Tests;

/// <content>What costs the host more than it costs the guest.</content>
internal static partial class Attacks
{
    private static IEnumerable<Attack> Unbounded()
    {
        yield return new(
            "endless logs of 12 KiB that nobody reads", Outcomes.Crashed, "EndlessLogs", Messages.Log(new string('x', 12 << 10)));
        foreach (uint tables in new uint[] { 16, 32 })
        {
            yield return new($"large pages of zeros, {tables} tables", Outcomes.Value, "LargeZeros", Hex(0xF_FFC0_0000), tables)
            {
                SnapshotWorks = true,
                Configure = static options => options.ScratchSize = 16 << 20,
            };
        }

        yield return new("tables that fan out by 128, much scratch", Outcomes.Value, "TablesFan", 128u, 0UL)
        {
            SnapshotWorks = true,
            Configure = static options => options.ScratchSize = 64 << 20,
        };
        yield return new("pages of equal hashes", Outcomes.Value, "EqualHashes", 12_000u)
        {
            SnapshotWorks = true,
            MostBytes = 256 << 20,
            Configure = static options =>
            {
                options.HeapSize = 56 << 20;
                options.ScratchSize = 64 << 20;
            },
        };
    }
}
