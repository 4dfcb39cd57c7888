namespace Lodge.Cli.Tests;

public sealed class NewSdkCommandTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TheSdk_OfAGuest_IsReplacedAlone()
    {
        string guest = _folder.PathOf("demo");
        string sdk = _folder.PathOf("demo/sdk");
        ToolRun.Of("new", "guest", "demo", "--output", guest);
        string source = _folder.Write("demo/demo.c", "mine");
        string flags = _folder.Write("demo/sdk/flags.mk", "old");

        ToolRun refused = ToolRun.Of("new", "sdk", "--output", sdk);
        ToolRun forced = ToolRun.Of("new", "sdk", "--output", sdk, "--force");

        Assert.Equal((ExitCodes.Host, 0), (refused.ExitCode, forced.ExitCode));
        Assert.Equal("mine", File.ReadAllText(source));
        Assert.Contains("LODGE_CFLAGS", File.ReadAllText(flags), StringComparison.Ordinal);
    }

    [Fact(SkipUnless = nameof(Toolchain.IsHere), SkipType = typeof(Toolchain), Skip = Toolchain.Missing)]
    public void ASharedSdk_BuildsAGuest_AsItsReadmeSays()
    {
        string sdk = _folder.PathOf("sdk");
        ToolRun made = ToolRun.Of("new", "sdk", "--output", sdk);
        string[] blocks = File.ReadAllText(Path.Combine(sdk, "README.md")).Split("```");
        _folder.Write("hello/hello.c", After(blocks, "c\n"));
        _folder.Write("hello/Makefile", After(blocks, "make\n").Replace("sdk/", "../sdk/", StringComparison.Ordinal));

        HostProgram.RunIn(_folder.PathOf("hello"), "make");

        ToolRun run = ToolRun.Of("call", _folder.PathOf("hello/bin/hello.elf"), "SayHello", "World");
        Assert.Equal((0, 0, "Hello, World! Today is Friday.\n"), (made.ExitCode, run.ExitCode, run.Output));
    }

    private static string After(string[] blocks, string language)
        => blocks.First(block => block.StartsWith(language, StringComparison.Ordinal))[language.Length..];
}
