namespace Lodge.Cli.Tests;

public class HelpTests
{
    [Theory]
    [InlineData("lodge call guests/bin/hello.elf SayHello World", "--help")]
    [InlineData("lodge call guests/bin/hello.elf SayHello World", "call", "--help")]
    [InlineData("lodge snapshot list snapshots", "snapshot", "--help")]
    [InlineData("lodge map guests/bin/hello.elf --svg hello.svg", "map", "-h")]
    [InlineData("lodge new guest demo", "new", "--help")]
    [InlineData("lodge new guest demo --force --json", "new", "guest", "--help")]
    [InlineData("lodge new sdk --output demo/sdk --force", "new", "sdk", "--help")]
    [InlineData("lodge doctor --json", "doctor", "--help")]
    public void Help_HasExamplesAndExitCodes(string example, params string[] arguments)
    {
        ToolRun run = ToolRun.Of(arguments);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains($"  {example}\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("  3    the guest crashed, aborted, or took too long\n", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"Usage:\n  lodge ", run.Output);
    }

    [Fact]
    public void Examples_AreCommandsThatParse()
    {
        string[] examples =
        [
            .. CallCommand.Examples, .. SnapshotCommand.Examples, .. MapCommand.Examples, .. NewCommand.Examples,
            .. NewGuestCommand.Examples, .. NewSdkCommand.Examples, .. DoctorCommand.Examples,
        ];
        foreach (string example in examples)
        {
            // Whatever they lead to without their files, the command line is not at fault.
            ToolRun run = ToolRun.Of(
                static context => context with { Cancelled = new CancellationToken(canceled: true) },
                example.Replace("bytes:@README.md", "bytes:0x00", StringComparison.Ordinal)
                    .Replace("'", "", StringComparison.Ordinal)
                    .Split(' ')[1..]);

            Assert.Equal((ExitCodes.Interrupted, example), (run.ExitCode, example));
        }
    }

    [Fact]
    public void Help_SaysWhatTimesInclude()
        => Assert.Matches(@"code\s+is\s+compiled\s+meanwhile", ToolRun.Of("call", "--help").Output);

    [Fact]
    public void Version_IsTold()
    {
        ToolRun run = ToolRun.Of("--version");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Matches(@"^\d+\.\d+\.\d+", run.Output);
    }
}
