using System.Text.Json;

namespace Lodge.Cli.Tests;

public class ExitCodeTests
{
    [Theory]
    [InlineData("Fail", "Fail failed with error 9: oops", "ulong:9", "oops")]
    [InlineData("Nope", "There is no function", "1")]
    [InlineData("Add", "WrongParameterCount (5)", "1")]
    [InlineData("EchoULong", "A prefix says which type", "7")]
    public void One_WhereTheFunctionFails(string function, string message, params string[] arguments)
    {
        ToolRun run = ToolRun.Of(["call", Guests.Hello, function, .. arguments]);

        Assert.Equal((ExitCodes.FunctionFailed, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("lodge: ", run.ErrorLine, StringComparison.Ordinal);
        Assert.Contains(message, run.ErrorLine, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Required command was not provided")]
    [InlineData("There is no command or option cal.", "cal")]
    [InlineData("There is no command or option --what.", "--what")]
    [InlineData("'--what'", "doctor", "--what")]
    [InlineData("GUEST", "call")]
    [InlineData("FUNCTION", "call", "GUEST")]
    [InlineData("The function's name is empty", "call", "GUEST", "")]
    [InlineData("The guest's name is empty", "call", "", "Add")]
    [InlineData("There is no option --tming", "call", "GUEST", "Add", "1", "2", "--tming")]
    [InlineData("There is no option -x", "call", "GUEST", "Add", "-x")]
    [InlineData("\"x\" is not an int", "call", "GUEST", "Add", "int:x")]
    [InlineData("--heap: 5Q is no size", "call", "GUEST", "Add", "--heap", "5Q")]
    [InlineData("--heap is at least 4096 bytes", "call", "GUEST", "Add", "--heap", "5")]
    [InlineData("--input is at least 8192 bytes", "call", "GUEST", "Add", "--input", "4K")]
    [InlineData("Scratch has", "call", "GUEST", "Add", "--scratch", "4K")]
    [InlineData("below 64 GiB", "call", "GUEST", "Add", "--heap", "1T")]
    [InlineData("--timeout: 5 is no duration", "call", "GUEST", "Add", "--timeout", "5")]
    [InlineData("--repeat: 0 is not a number from 1", "call", "GUEST", "Add", "--repeat", "0")]
    [InlineData("--repeat: x is not a number from 1", "call", "GUEST", "Add", "--repeat", "x")]
    [InlineData("--engine: qemu is no engine", "call", "GUEST", "Add", "--engine", "qemu")]
    [InlineData("--log: loud is no level", "call", "GUEST", "Add", "--log", "loud")]
    [InlineData("an answer is written as NAME=VALUE", "call", "GUEST", "Add", "--answer", "Name")]
    [InlineData("an answer is written as NAME=VALUE", "call", "GUEST", "Add", "--answer", "=5")]
    [InlineData("an answer is written as NAME=VALUE", "call", "GUEST", "Add", "--answer", "(int)=5")]
    [InlineData("an answer is written as NAME=VALUE", "call", "GUEST", "Add", "--answer", "Name(int=5")]
    [InlineData("\"integer\" is no type", "call", "GUEST", "Add", "--answer", "Name(integer)=5")]
    [InlineData("\"\" is no type", "call", "GUEST", "Add", "--answer", "Name(int,)=5")]
    [InlineData("more than one for Name", "call", "GUEST", "Add", "--answer", "Name=1", "--answer", "Name(int)=2")]
    [InlineData("Name has more than 16 parameters", "call", "GUEST", "Add", "--answer",
        "Name(int,int,int,int,int,int,int,int,int,int,int,int,int,int,int,int,int)=5")]
    [InlineData("more than one for Name", "call", "GUEST", "Add", "--answer", "Name=1", "--answer", "Name=2")]
    [InlineData("\"y\" is not a bool", "call", "GUEST", "Add", "--answer", "Name=bool:y")]
    [InlineData("--raw and --json", "call", "GUEST", "Add", "--raw", "--json")]
    [InlineData("--svg: The file's name is empty", "map", "GUEST", "--svg", "")]
    [InlineData("Required command was not provided. (See: lodge new --help)", "new")]
    [InlineData("There is no command or option gest. (See: lodge new --help)", "new", "gest", "demo")]
    [InlineData("NAME", "new", "guest")]
    [InlineData("'extra'", "new", "guest", "demo", "extra")]
    [InlineData("--output: The folder's name is empty. (See: lodge new guest --help)", "new", "guest", "demo", "--output", "")]
    [InlineData("'extra'. (See: lodge new sdk --help)", "new", "sdk", "extra")]
    [InlineData("'extra'", "doctor", "extra")]
    public void Two_WhereTheCommandLineCannotBeSo(string message, params string[] arguments)
    {
        ToolRun run = ToolRun.Of([.. arguments.Select(static word => word == "GUEST" ? Guests.Hello : word)]);

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains(message, run.ErrorLine, StringComparison.Ordinal);
        Assert.Contains(" --help)", run.ErrorLine, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_WhereArgumentsAreTooManyOrTooLong()
    {
        ToolRun many = ToolRun.Of(["call", Guests.Hello, "Add", .. Enumerable.Repeat("1", 17)]);
        ToolRun large = ToolRun.Of("call", Guests.Hello, "EchoString", new string('x', 20_000));

        Assert.Equal((ExitCodes.Usage, ExitCodes.Usage), (many.ExitCode, large.ExitCode));
        Assert.Contains("16", many.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Three_WhereTheGuestAborts()
    {
        ToolRun run = ToolRun.Of("call", Guests.Hello, "Abort", "99", "over\n\u001b[31m");

        Assert.Equal((ExitCodes.GuestStopped, ""), (run.ExitCode, run.Output));
        Assert.EndsWith("over\\n\\u001b[31m", run.ErrorLine, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PortError", 7)]
    [InlineData("99", 99)]
    public void Three_WithTheNameAndTheNumberOfTheGuestsError(string name, int number)
    {
        ToolRun run = ToolRun.Of("call", Guests.Hello, "Abort", $"{number}", "oops", "--json");

        JsonElement error = run.Json.GetProperty("error");
        Assert.Equal((name, number), (error.GetProperty("code").GetString(), error.GetProperty("number").GetInt32()));
        string said = name == $"{number}" ? $"error {number}" : $"{name} ({number})";
        Assert.StartsWith($"lodge: The guest aborted with {said}, at ", run.ErrorLine, StringComparison.Ordinal);
        Assert.Equal(run.ErrorLine, $"lodge: {error.GetProperty("message").GetString()}");
    }

    [Fact]
    public void Three_WhereTimeIsUp()
    {
        using var folder = new ScratchFolder();
        string zeros = folder.Write("zeros", new byte[16 << 20]);

        ToolRun run = ToolRun.Of(
            "call", Guests.Digest, "Digest", $"bytes:@{zeros}", "--timeout", "1ms",
            "--input", "20M", "--scratch", "48M", "--heap", "48M", "--json");

        Assert.Equal(ExitCodes.GuestStopped, run.ExitCode);
        Assert.Equal("guest-timed-out", run.Json.GetProperty("error").GetProperty("kind").GetString());
        Assert.Contains("did not end within 1 ms", run.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Four_WhereAFileCannotBeUsed()
    {
        using var folder = new ScratchFolder();
        string text = folder.Write("text", "no guest");
        (string Message, string[] Arguments)[] cases =
        [
            ("none.elf", ["call", folder.PathOf("none.elf"), "Add"]),
            ("is a folder", ["call", folder.Root, "Add"]),
            ("no ELF file", ["call", text, "Add"]),
            ("no ELF file", ["map", text]),
            ("none", ["call", Guests.Hello, "EchoBytes", $"bytes:@{folder.PathOf("none")}"]),
            ("none", ["call", Guests.Hello, "Nothing", "--answer", $"Name=string:@{folder.PathOf("none")}"]),
            ("no-folder", ["map", Guests.Hello, "--svg", folder.PathOf("no-folder/map.svg")]),
        ];
        foreach ((string message, string[] arguments) in cases)
        {
            ToolRun run = ToolRun.Of(arguments);

            Assert.Equal((ExitCodes.Host, ""), (run.ExitCode, run.Output));
            Assert.Contains(message, run.ErrorLine, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Four_WhereTheEngineIsMissing()
    {
        ToolRun run = ToolRun.Of(
            static context => context with { Engines = [new FakeEngine("kvm") { MissingBecause = "Load the module." }] },
            "call", Guests.Hello, "Nothing", "--engine", "kvm");

        Assert.Equal(ExitCodes.Host, run.ExitCode);
        Assert.Contains("Load the module.", run.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Four_WhereTheEngineFails()
    {
        ToolRun run = ToolRun.Of(
            static context => context with { BestEngine = static () => new FakeEngine("fake") }, "call", Guests.Hello, "Nothing");

        Assert.Equal(ExitCodes.Host, run.ExitCode);
        Assert.Contains("It makes no machines.", run.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Five_WhereTheToolIsWrong()
    {
        ToolRun run = ToolRun.Of(
            static context => context with { BestEngine = static () => throw new InvalidTimeZoneException("odd") },
            "call", Guests.Hello, "Nothing");

        Assert.Equal(ExitCodes.Bug, run.ExitCode);
        Assert.Contains("InvalidTimeZoneException: odd", run.ErrorLine, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("call", "GUEST", "Nothing")]
    [InlineData("map", "GUEST")]
    [InlineData("doctor")]
    public void OneHundredAndThirty_AfterCtrlC(params string[] arguments)
    {
        ToolRun run = ToolRun.Of(
            static context => context with { Cancelled = new CancellationToken(canceled: true) },
            [.. arguments.Select(static word => word == "GUEST" ? Guests.Hello : word)]);

        Assert.Equal((ExitCodes.Interrupted, ""), (run.ExitCode, run.Output));
        Assert.Equal("lodge: Interrupted.", run.ErrorLine);
    }

    [Fact]
    public void CtrlC_StopsACallThatRuns()
    {
        using var folder = new ScratchFolder();
        string zeros = folder.Write("zeros", new byte[16 << 20]);
        using var cancelled = new CancellationTokenSource();

        // Calls go on until they are stopped: the first that begins after this is stopped in its middle.
        cancelled.CancelAfter(TimeSpan.FromSeconds(1));
        ToolRun run = ToolRun.Of(
            context => context with { Cancelled = cancelled.Token },
            "call", Guests.Digest, "Digest", $"bytes:@{zeros}", "--repeat", "1000000", "--restore-between",
            "--input", "20M", "--scratch", "48M", "--heap", "48M");

        Assert.Equal((ExitCodes.Interrupted, ""), (run.ExitCode, run.Output));
    }

    [Fact]
    public void Verbose_ShowsWhereAnErrorComesFrom()
    {
        ToolRun run = ToolRun.Of("call", Guests.Hello, "Nope", "--verbose");

        Assert.Equal(ExitCodes.FunctionFailed, run.ExitCode);
        Assert.Contains("   at Lodge.Sandbox.", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "function-failed", "call", "GUEST", "Nope", "--json")]
    [InlineData(2, "usage", "call", "GUEST", "Add", "int:x", "--json")]
    [InlineData(2, "usage", "call", "--json")]
    [InlineData(3, "guest-aborted", "call", "GUEST", "Abort", "9", "x", "--json")]
    [InlineData(4, "file", "call", "none.elf", "Add", "--json")]
    [InlineData(4, "file", "map", "none.elf", "--json")]
    public void Json_IsWrittenWhereItFails(int exitCode, string kind, params string[] arguments)
    {
        ToolRun run = ToolRun.Of([.. arguments.Select(static word => word == "GUEST" ? Guests.Hello : word)]);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Equal(exitCode, run.Json.GetProperty("exitCode").GetInt32());
        Assert.Equal(kind, run.Json.GetProperty("error").GetProperty("kind").GetString());
        Assert.NotEmpty(run.ErrorLine);
    }
}
