using System.Text.Json;

namespace Lodge.Cli.Tests;

public class DoctorCommandTests
{
    private static readonly EngineProbe Everything = new()
    {
        RunsIntegerCode = true,
        RunsSse = true,
        RunsSoftwareInterrupts = true,
        RunsPageFaults = true,
        InstructionsPerSecond = 2e9,
    };

    [Fact]
    public void TheSoftwareEngine_WorksHere()
    {
        ToolRun run = ToolRun.Of("doctor", "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        JsonElement software = run.Json.GetProperty("engines").EnumerateArray()
            .Single(static engine => engine.GetProperty("name").GetString() == "software");
        Assert.True(software.GetProperty("probe").GetProperty("runsEverything").GetBoolean());
        Assert.False(software.GetProperty("probe").TryGetProperty("instructionsPerSecond", out _));
        Assert.Equal(
            PageWriteTracker.IsSupported, run.Json.GetProperty("pageWriteTracking").GetProperty("isAvailable").GetBoolean());
    }

    [Fact]
    public void WhatIsMissing_IsSaidWithWhatToDo()
    {
        ToolRun run = ToolRun.Of(
            static context => context with
            {
                Engines =
                [
                    new FakeEngine("kvm") { MissingBecause = "Load [kvm]." },
                    new FakeEngine("software") { Seen = Everything },
                ],
                HostFiles = new HostFiles("/no/such/root"),
            },
            "doctor");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Matches("(?m)^  no   kvm +Load \\[kvm\\]\\.$", run.Output);
        Assert.Matches("(?m)^  yes  software +runs everything; --engine auto takes it$", run.Output);
    }

    [Fact]
    public void AnEngineThatRunsNotEverything_IsNotTheBest()
    {
        ToolRun run = ToolRun.Of(
            static context => context with
            {
                Engines =
                [
                    new FakeEngine("kvm") { Seen = Everything with { RunsSse = false, Remarks = ["SSE2: strange"] } },
                    new FakeEngine("software") { Seen = Everything },
                ],
            },
            "doctor");

        Assert.Matches("(?m)^  no   kvm +does not run SSE2 in ring 0, about 2,000 million .*\\(SSE2: strange\\)$", run.Output);
        Assert.Matches("(?m)^ +guests that need SSE2 run on the software engine here$", run.Output);
        Assert.Single(run.Output.Split('\n'), static line => line.Contains("takes it", StringComparison.Ordinal));
    }

    [Fact]
    public void WithoutTheSoftwareEngine_ItFails()
    {
        ToolRun run = ToolRun.Of(
            static context => context with
            {
                Engines = [new FakeEngine("kvm") { Seen = Everything }, new FakeEngine("software")],
            },
            "doctor", "--json");

        Assert.Equal(ExitCodes.Host, run.ExitCode);
        Assert.Equal("Its probe failed.", run.Json.GetProperty("engines")[1].GetProperty("probeFailure").GetString());
        Assert.Contains("software engine", run.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void TheHostsFiles_AreUnderstood()
    {
        using var root = new ScratchFolder();
        root.Write("proc/meminfo", "MemTotal: 100 kB\nMemAvailable:    2048 kB\n"
            + "HugePages_Total:  3\nHugePages_Free: 2\nHugepagesize:  2048 kB\n");
        root.Write("sys/kernel/mm/transparent_hugepage/enabled", "always madvise [never]\n");
        root.Write("proc/self/limits", "Limit  Soft Limit  Hard Limit  Units\n"
            + "Max locked memory         8388608   unlimited   bytes\n"
            + "Max address space         unlimited   unlimited   bytes\n");
        root.Write("proc/sys/vm/max_map_count", "65530\n");
        root.Write("proc/self/cgroup", "0::/a/b\n");
        root.Write("sys/fs/cgroup/a/memory.max", "1073741824\n");
        root.Write("sys/fs/cgroup/a/b/memory.max", "max\n");

        ToolRun run = ToolRun.Of(context => context with { HostFiles = new HostFiles(root.Root) }, "doctor", "--json");
        ToolRun text = ToolRun.Of(context => context with { HostFiles = new HostFiles(root.Root) }, "doctor");

        JsonElement pages = run.Json.GetProperty("hugePages");
        Assert.Equal((3, 2, 2 << 20), (Number(pages, "total"), Number(pages, "free"), Number(pages, "pageBytes")));
        Assert.Equal("never", pages.GetProperty("transparent").GetString());
        JsonElement memory = run.Json.GetProperty("memory");
        Assert.Equal((2 << 20, 1 << 30), (Number(memory, "available"), Number(memory, "cgroupLimit")));
        Assert.Equal(65530, Number(memory, "mostMappings"));
        Assert.Equal("8388608", memory.GetProperty("lockedLimit").GetString());
        Assert.Matches("(?m)^  yes  pool +3 of 2 MiB, 2 free$", text.Output);
        Assert.Matches("(?m)^  no   transparent +switched off; as root: echo madvise >", text.Output);
        Assert.Matches("(?m)^ +cgroup limit +1 GiB$", text.Output);
        Assert.Matches(@"(?m)^ +addresses \(ulimit -v\) +unlimited$", text.Output);

        static int Number(JsonElement parent, string name) => parent.GetProperty(name).GetInt32();
    }

    [Fact]
    public void OldControlGroups_AreUnderstood()
    {
        using var root = new ScratchFolder();
        root.Write("proc/self/cgroup", "5:devices:/\n4:cpu,memory:/outside\n0::/\n");
        root.Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "4194304\n");

        Assert.Equal(4u << 20, new HostFiles(root.Root).TryReadCgroupLimit());

        root.Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        Assert.Null(new HostFiles(root.Root).TryReadCgroupLimit());
    }
}
