using System.Text.Json;

namespace Lodge.Cli.Tests;

public sealed class NewGuestCommandTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public static bool CanLink => OperatingSystem.IsLinux();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AGuest_HasItsSourceItsMakefileAndTheSdk()
    {
        string folder = _folder.PathOf("demo");

        ToolRun run = ToolRun.Of("new", "guest", "demo", "--output", folder);

        Assert.Equal((0, ""), (run.ExitCode, run.Output));
        Assert.Equal(
            [".gitignore", "Makefile", "README.md", "demo.c", "sdk"],
            Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Contains("LODGE_EXPORT(Greet, ", Text("demo/demo.c"), StringComparison.Ordinal);
        Assert.Contains("GUEST := demo\nSOURCES := demo.c\n", Text("demo/Makefile"), StringComparison.Ordinal);
        Assert.Contains("lodge call demo.elf Greet World --answer", Text("demo/README.md"), StringComparison.Ordinal);
        Assert.Equal("/demo.elf\n/obj/\n", Text("demo/.gitignore"));
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            Assert.DoesNotContain("@NAME@", File.ReadAllText(file), StringComparison.Ordinal);
    }

    [Fact]
    public void TheSdk_IsTheRepositorysOwn_WithALicenseAndAVersion()
    {
        Make("demo");

        string runtime = Path.Combine(AppContext.BaseDirectory, "guests", "runtime");
        string sdk = _folder.PathOf("demo/sdk");
        string[] expected = [.. FilesBelow(runtime), "LICENSE", "VERSION"];
        Assert.Contains(Path.Combine("src", "entry.S"), expected);
        Assert.Equal(expected.Order(StringComparer.Ordinal), FilesBelow(sdk).Order(StringComparer.Ordinal));
        foreach (string file in FilesBelow(runtime))
            Assert.Equal(File.ReadAllBytes(Path.Combine(runtime, file)), File.ReadAllBytes(Path.Combine(sdk, file)));

        Assert.Contains("MIT License", Text("demo/sdk/LICENSE"), StringComparison.Ordinal);
        Assert.Matches(@"^lodge \d+\.\d+\.\d+\S*\n\z", Text("demo/sdk/VERSION"));
    }

    [Fact]
    public void NextSteps_AreTalk()
    {
        string folder = _folder.PathOf("my demos");

        ToolRun run = ToolRun.Of("new", "guest", "demo", "--output", folder);

        string[] lines = run.Error.ReplaceLineEndings("\n").Split('\n');
        Assert.Matches(@"^Wrote \d\d files into .*my demos\. Next:$", lines[0]);
        Assert.Equal([$"  cd '{folder}'", "  make", "  lodge call demo.elf Greet World", ""], lines[1..]);
    }

    [Fact]
    public void Json_HasTheFilesAndTheNextSteps()
    {
        string folder = _folder.PathOf("demo");

        ToolRun run = ToolRun.Of("new", "guest", "demo", "--output", folder, "--json");

        Assert.Equal((0, folder), (run.ExitCode, run.Json.GetProperty("folder").GetString()));
        string?[] files = [.. run.Json.GetProperty("files").EnumerateArray().Select(static file => file.GetString())];
        Assert.Contains("demo.c", files);
        Assert.Contains("sdk/include/lodge/lodge.h", files);
        Assert.Equal(files.Length, Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Length);
        JsonElement last = run.Json.GetProperty("next").EnumerateArray().Last();
        Assert.Equal("lodge call demo.elf Greet World", last.GetString());
    }

    [Theory]
    [InlineData("a")]
    [InlineData("Demo_2-b")]
    [InlineData("com")]
    [InlineData("com10")]
    [InlineData("a123456789012345678901234567890123456789012345678901234567890123")]
    public void Names_ThatAreFiles_AreTaken(string name)
    {
        ToolRun run = Make(name);

        Assert.Equal(0, run.ExitCode);
        Assert.True(File.Exists(_folder.PathOf($"{name}/{name}.c")));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../demo")]
    [InlineData("demo/../../demo")]
    [InlineData("/demo")]
    [InlineData("C:\\demo")]
    [InlineData("a\\b")]
    [InlineData("1demo")]
    [InlineData("_demo")]
    [InlineData("--demo")]
    [InlineData("de mo")]
    [InlineData("demo.c")]
    [InlineData("demo\n")]
    [InlineData("de$(shell id)mo")]
    [InlineData("grüße")]
    [InlineData("a1234567890123456789012345678901234567890123456789012345678901234")]
    [InlineData("nul")]
    [InlineData("Com1")]
    public void Names_ThatAreNone_AreRefused_AndNothingIsWritten(string name)
    {
        string folder = _folder.PathOf("demo");

        ToolRun run = ToolRun.Of("new", "guest", "--output", folder, "--", name);

        Assert.Equal((ExitCodes.Usage, ""), (run.ExitCode, run.Output));
        Assert.EndsWith("(See: lodge new guest --help)", run.ErrorLine, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public void WhatIsThere_IsNotReplaced_AndNothingIsWritten()
    {
        _folder.Write("demo/demo.c", "mine");
        _folder.Write("demo/other.c", "mine too");

        ToolRun run = Make("demo");

        Assert.Equal((ExitCodes.Host, ""), (run.ExitCode, run.Output));
        Assert.Contains("demo.c is there already. Nothing was written; --force", run.ErrorLine, StringComparison.Ordinal);
        Assert.Equal("mine", Text("demo/demo.c"));
        Assert.Equal(2, Directory.GetFileSystemEntries(_folder.PathOf("demo")).Length);
    }

    [Fact]
    public void WhatIsThere_IsReplacedByForce_AndTheRestStays()
    {
        Make("demo");
        _folder.Write("demo/demo.c", "mine");
        _folder.Write("demo/other.c", "mine too");

        ToolRun refused = Make("demo");
        ToolRun forced = Make("demo", "--force");

        Assert.Equal(ExitCodes.Host, refused.ExitCode);
        Assert.Matches(@"and \d\d more files are there already", refused.ErrorLine);
        Assert.Equal(0, forced.ExitCode);
        Assert.Contains("LODGE_EXPORT", Text("demo/demo.c"), StringComparison.Ordinal);
        Assert.Equal("mine too", Text("demo/other.c"));
    }

    [Fact(SkipUnless = nameof(CanLink), Skip = "Links are made on Linux.")]
    public void ALink_IsReplaced_AndNotWhatItLeadsTo()
    {
        string target = _folder.Write("precious", "mine");
        Directory.CreateDirectory(_folder.PathOf("demo"));
        File.CreateSymbolicLink(_folder.PathOf("demo/demo.c"), target);
        File.CreateSymbolicLink(_folder.PathOf("demo/Makefile"), _folder.PathOf("nowhere"));

        ToolRun refused = Make("demo");
        ToolRun forced = Make("demo", "--force");

        Assert.Equal((ExitCodes.Host, 0), (refused.ExitCode, forced.ExitCode));
        Assert.Equal("mine", File.ReadAllText(target));
        Assert.False(File.Exists(_folder.PathOf("nowhere")));
        Assert.Null(new FileInfo(_folder.PathOf("demo/demo.c")).LinkTarget);
    }

    [Fact]
    public void AFileInTheFoldersPlace_CannotBeUsed()
    {
        string file = _folder.Write("demo", "mine");

        ToolRun run = Make("demo", "--json");

        Assert.Equal(ExitCodes.Host, run.ExitCode);
        Assert.Equal("file", run.Json.GetProperty("error").GetProperty("kind").GetString());
        Assert.Equal("mine", File.ReadAllText(file));
    }

    /// <summary>In a folder with spaces, which make does not like.</summary>
    [Fact(SkipUnless = nameof(Toolchain.IsHere), SkipType = typeof(Toolchain), Skip = Toolchain.Missing)]
    public void TheGuest_IsBuilt_AndSaysWhatItsReadmeSays()
    {
        string folder = _folder.PathOf("my demos/demo-1");
        ToolRun.Of("new", "guest", "demo-1", "--output", folder);

        HostProgram.RunIn(folder, "make");

        string readme = File.ReadAllText(Path.Combine(folder, "README.md"));
        string command = readme.Split('\n').Single(static line => line.StartsWith("lodge call", StringComparison.Ordinal));
        string[] arguments = command["lodge call demo-1.elf ".Length..].Split(' ');
        ToolRun called = ToolRun.Of(["call", Path.Combine(folder, "demo-1.elf"), .. arguments]);
        Assert.Equal((0, ""), (called.ExitCode, called.Error));
        Assert.Contains($"```text\n{called.Output}```\n", readme, StringComparison.Ordinal);
        HostProgram.RunIn(folder, "make", "clean");
        Assert.False(File.Exists(Path.Combine(folder, "demo-1.elf")));
    }

    /// <summary>Warnings would be noise that everybody sees first.</summary>
    [Fact(SkipUnless = nameof(Toolchain.IsHere), SkipType = typeof(Toolchain), Skip = Toolchain.Missing)]
    public void TheGuest_IsBuiltWithoutWarnings_AndNothingIsDoneTwice()
    {
        Make("demo");
        string folder = _folder.PathOf("demo");

        HostProgram.RunIn(folder, "make", "LODGE_WERROR=-Werror");
        string again = HostProgram.RunIn(folder, "make", "LODGE_WERROR=-Werror");

        Assert.Equal("", again);
    }

    private ToolRun Make(string name, params string[] options)
        => ToolRun.Of(["new", "guest", name, "--output", _folder.PathOf(name), .. options]);

    private string Text(string name) => File.ReadAllText(_folder.PathOf(name));

    private static string[] FilesBelow(string folder)
        =>
        [
            .. from file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
               select Path.GetRelativePath(folder, file),
        ];
}
