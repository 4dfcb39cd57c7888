namespace Lodge.Cli.Tests;

public class HelpTests
{
    [Theory]
    [InlineData("lodge call guests/bin/hello.elf SayHello World", "--help")]
    [InlineData("lodge call guests/bin/hello.elf SayHello World", "call", "--help")]
    [InlineData("lodge snapshot list snapshots", "snapshot", "--help")]
    [InlineData("lodge map guests/bin/hello.elf --svg hello.svg", "map", "-h")]
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
        foreach (string example in CallCommand.Examples.Concat(SnapshotCommand.Examples).Concat(MapCommand.Examples).Concat(DoctorCommand.Examples))
        {
            // Whatever they lead to without their files, the command line is not at fault.
            ToolRun run = ToolRun.Of(
                static context => context with { Cancelled = new CancellationToken(canceled: true) },
                example.Replace("bytes:@README.md", "bytes:0x00", StringComparison.Ordinal).Split(' ')[1..]);

            Assert.Equal((ExitCodes.Interrupted, example), (run.ExitCode, example));
        }
    }

    [Fact]
    public void Version_IsTold()
    {
        ToolRun run = ToolRun.Of("--version");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Matches(@"^\d+\.\d+\.\d+", run.Output);
    }
}
