using System.Text.Json;

namespace Lodge.Cli.Tests;

public class CallCommandTests
{
    public static bool HasKvm => Lodge.Machines.Machines.Kvm.IsAvailable;

    [Fact]
    public void TheFirstCommandOfTheReadme_Greets()
    {
        ToolRun run = ToolRun.Of("call", Guests.Hello, "SayHello", "World");

        Assert.Equal((0, "Hello, World! Today is Friday.\n", ""), (run.ExitCode, run.Output, run.Error));
    }

    [Theory]
    [InlineData("Add", "42", "40", "2")]
    [InlineData("Add", "-42", "-40", "-2")]
    [InlineData("EchoInt", "-2147483648", "-2147483648")]
    [InlineData("EchoUInt", "4294967295", "uint:4294967295")]
    [InlineData("EchoLong", "2147483648", "2147483648")]
    [InlineData("EchoULong", "18446744073709551615", "ulong:0xffffffffffffffff")]
    [InlineData("EchoFloat", "1.5", "float:1.5")]
    [InlineData("EchoDouble", "-0.25", "-0.25")]
    [InlineData("EchoBool", "true", "true")]
    [InlineData("EchoString", "@no-file", "@no-file")]
    [InlineData("EchoString", "", "")]
    [InlineData("EchoString", "5", "string:5")]
    [InlineData("EchoString", "--json", "--", "--json")]
    [InlineData("EchoBytes", "cafe", "bytes:0xCAFE")]
    public void Results_AreWrittenAsALine(string function, string result, params string[] arguments)
    {
        ToolRun run = ToolRun.Of(["call", Guests.Hello, function, .. arguments]);

        Assert.Equal((0, result + "\n", ""), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public void AFunctionWithoutResult_WritesNothing()
    {
        ToolRun run = ToolRun.Of("call", Guests.Hello, "Nothing");

        Assert.Equal((0, "", ""), (run.ExitCode, run.Output, run.Error));
    }

    [Theory]
    [InlineData("EchoInt", "5", "int", "5")]
    [InlineData("EchoULong", "ulong:18446744073709551615", "ulong", "18446744073709551615")]
    [InlineData("EchoDouble", "double:NaN", "double", "\"NaN\"")]
    [InlineData("EchoBool", "true", "bool", "true")]
    [InlineData("EchoString", "a\"b+<ü>", "string", "\"a\\\"b+<ü>\"")]
    [InlineData("EchoString", "\u001b\u009b\u202e\n", "string", "\"\\u001B\\u009B\\u202e\\n\"")]
    [InlineData("EchoBytes", "bytes:0xCAFE", "bytes", "\"cafe\"")]
    public void Json_HasTheResultAndItsType(string function, string argument, string type, string value)
    {
        ToolRun run = ToolRun.Of("call", Guests.Hello, function, argument, "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(type, run.Json.GetProperty("result").GetProperty("type").GetString());
        Assert.Equal(value, run.Json.GetProperty("result").GetProperty("value").GetRawText());
        Assert.Equal("software", run.Json.GetProperty("engine").GetString());
        Assert.False(run.Json.TryGetProperty("timing", out _));
    }

    [Fact]
    public void Raw_WritesBytesAsTheyAre()
    {
        ToolRun run = ToolRun.Of("call", Guests.Hello, "EchoBytes", "bytes:0x00FF0A", "--raw");

        Assert.Equal((0, ""), (run.ExitCode, run.Output));
        Assert.Equal([0x00, 0xFF, 0x0A], run.Raw);
    }

    [Fact]
    public void Raw_WritesTextWithoutALinesEnd()
        => Assert.Equal("abc", ToolRun.Of("call", Guests.Hello, "EchoString", "abc", "--raw").Output);

    [Fact]
    public void OnATerminal_AResultGivesNoOrders()
    {
        string[] command = ["call", Guests.Hello, "EchoString", "\u001b[2J"];

        ToolRun seen = ToolRun.Of(static context => context with { OutputIsTerminal = true }, command);
        ToolRun kept = ToolRun.Of(command);

        Assert.Equal("\\u001b[2J\n", seen.Output);
        Assert.Equal("\u001b[2J\n", kept.Output);
    }

    [Fact]
    public void WhatAGuestPrintsAndLogs_IsTalk()
    {
        ToolRun printed = ToolRun.Of("call", Guests.Hello, "Print", "Grüße\u001b");
        ToolRun warned = ToolRun.Of("call", Guests.Hello, "Log", "3", "careful");
        ToolRun told = ToolRun.Of("call", Guests.Hello, "Log", "2", "by the way");
        ToolRun asked = ToolRun.Of("call", Guests.Hello, "Log", "2", "by the way", "--log", "info");
        ToolRun silent = ToolRun.Of("call", Guests.Hello, "Log", "5", "fire", "--log", "none");

        Assert.Equal(("", "Grüße\\u001b"), (printed.Output, printed.Error));
        Assert.StartsWith("warning: ", warned.ErrorLine, StringComparison.Ordinal);
        Assert.EndsWith(": careful", warned.ErrorLine, StringComparison.Ordinal);
        Assert.Equal("", told.Error);
        Assert.StartsWith("information: ", asked.ErrorLine, StringComparison.Ordinal);
        Assert.Equal("", silent.Error);
    }

    [Fact]
    public void Answers_StandInForFunctionsOfTheHost()
    {
        ToolRun given = ToolRun.Of(
            "call", Guests.Hello, "SayHello", "you", "--answer", "GetWeekday=Doomsday", "--answer", "Other=5");
        ToolRun wrong = ToolRun.Of("call", Guests.Hello, "SayHello", "you", "--answer", "GetWeekday=5");

        Assert.Equal("Hello, you! Today is Doomsday.\n", given.Output);
        Assert.Equal(ExitCodes.FunctionFailed, wrong.ExitCode);
        Assert.Contains("GetWeekday returns Int, and the guest wants String", wrong.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void AnswersThatNobodyAskedFor_AreSaid()
    {
        string[] unused = ["--answer", "Getweekday=Doomsday", "--answer", "Other(int)=void:"];

        ToolRun fine = ToolRun.Of(["call", Guests.Hello, "SayHello", "you", .. unused, "--repeat", "2", "--json"]);
        ToolRun failed = ToolRun.Of(["call", Guests.Hello, "Fail", "ulong:9", "oops", .. unused]);
        ToolRun used = ToolRun.Of("call", Guests.Hello, "SayHello", "you", "--answer", "GetWeekday=Doomsday");
        ToolRun nothing = ToolRun.Of("call", Guests.Hello, "Add", "1", "2");

        const string Warning = "lodge: The guest never got the answer of Getweekday, Other.";
        Assert.Equal((0, Warning), (fine.ExitCode, fine.ErrorLine));
        Assert.Equal(ExitCodes.FunctionFailed, failed.ExitCode);
        Assert.Equal($"{Warning}\nlodge: Fail failed with error 9: oops\n", failed.Error.ReplaceLineEndings("\n"));
        Assert.Equal(("", ""), (used.Error, nothing.Error));
    }

    [Theory]
    [InlineData("5", typeof(int))]
    [InlineData("uint:5", typeof(uint))]
    [InlineData("long:5", typeof(long))]
    [InlineData("ulong:5", typeof(ulong))]
    [InlineData("float:5", typeof(float))]
    [InlineData("5.0", typeof(double))]
    [InlineData("true", typeof(bool))]
    [InlineData("five", typeof(string))]
    [InlineData("", typeof(string))]
    [InlineData("a=b", typeof(string))]
    [InlineData("bytes:0x05", typeof(byte[]))]
    [InlineData("void:", typeof(void))]
    public void Answers_HaveTheirValuesType(string value, Type type)
    {
        var answer = Answer.Parse($"Name={value}");

        Assert.Equal(("Name", type), (answer.Name, answer.Function.Method.ReturnType));
    }

    [Theory]
    [InlineData("Name()=5", 0, typeof(int))]
    [InlineData("Name(int)=five", 1, typeof(string))]
    [InlineData("Name(int, uint,long,ulong,float,double,bool,string,bytes)=void:", 9, typeof(void))]
    [InlineData("Name(string)=a(b)=c", 1, typeof(string))]
    public void Answers_HaveTheParametersThatAreNamed(string text, int count, Type type)
    {
        var answer = Answer.Parse(text);

        System.Reflection.MethodInfo function = answer.Function.GetType().GetMethod("Invoke")!;
        Assert.Equal(("Name", count, type), (answer.Name, function.GetParameters().Length, function.ReturnType));
    }

    [Fact]
    public void Sizes_MakeRoom()
    {
        string text = new('x', 100_000);
        string[] command = ["call", Guests.Hello, "EchoString", text];

        ToolRun small = ToolRun.Of(command);
        ToolRun narrow = ToolRun.Of([.. command, "--input", "128K", "--scratch", "1M", "--heap", "1M"]);
        ToolRun wide = ToolRun.Of([.. command, "--input", "128K", "--output", "128K", "--scratch", "1M", "--heap", "1M"]);

        Assert.Equal((ExitCodes.Usage, ExitCodes.FunctionFailed, 0), (small.ExitCode, narrow.ExitCode, wide.ExitCode));
        Assert.Equal(text + "\n", wide.Output);
    }

    [Fact]
    public void BytesOfAFile_AreAnArgument()
    {
        using var folder = new ScratchFolder();
        string file = folder.Write("abc", "abc");

        ToolRun run = ToolRun.Of("call", Guests.Digest, "Digest", $"bytes:@{file}", "--timeout", "1m");

        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n", run.Output);
    }

    [Fact(SkipUnless = nameof(Toolchain.IsHere), SkipType = typeof(Toolchain), Skip = Toolchain.Missing)]
    public void AGuestWithMemory_IsRestoredBetweenCalls_AndAnsweredWithWhatItWants()
    {
        using var folder = new ScratchFolder();
        ToolRun.Of("new", "guest", "shop", "--output", folder.Root);
        folder.Write("shop.c", """
            #include <lodge/lodge.h>
            LODGE_IMPORT(Price, price, int64_t, const char *, int32_t)
            LODGE_IMPORT(Tell, tell, void, lodge_bytes)
            static int32_t calls;
            static int64_t total(int32_t count)
            {
                tell((lodge_bytes){0});
                return price("tea", 1) * count + ++calls;
            }
            LODGE_EXPORT(Total, total, int64_t, int32_t)
            """);
        HostProgram.RunIn(folder.Root, "make");
        string[] call = ["call", folder.PathOf("shop.elf"), "Total", "7", "--repeat", "3", "--answer", "Tell(bytes)=void:"];
        string[] answered = [.. call, "--answer", "Price(string,int)=long:100"];

        ToolRun kept = ToolRun.Of(answered);
        ToolRun restored = ToolRun.Of([.. answered, "--restore-between"]);
        ToolRun wrong = ToolRun.Of([.. call, "--answer", "Price(string,long)=long:100"]);

        Assert.Equal(("703\n", "701\n"), (kept.Output, restored.Output));
        Assert.Equal(ExitCodes.FunctionFailed, wrong.ExitCode);
        Assert.Contains("Parameter 2 of Price is of type Long, and got Int", wrong.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Repeat_CallsOneGuest_AndTellsTimes()
    {
        ToolRun run = ToolRun.Of("call", Guests.Notes, "Remove", "key", "--repeat", "3");

        Assert.Equal((0, "false\n"), (run.ExitCode, run.Output));
        foreach (string row in (string[])["create", "first call", "later calls"])
            Assert.Contains(row, run.Error, StringComparison.Ordinal);

        Assert.DoesNotContain("restores", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void RestoreBetween_RestoresBeforeEachCallButTheFirst(bool restores)
    {
        string[] command = ["call", Guests.Hello, "EchoInt", "7", "--repeat", "4", "--json"];

        ToolRun run = ToolRun.Of(restores ? [.. command, "--restore-between"] : command);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(4, run.Json.GetProperty("calls").GetInt32());
        JsonElement timing = run.Json.GetProperty("timing");
        Assert.Equal(3, timing.GetProperty("calls").GetProperty("count").GetInt32());
        Assert.Equal(restores, timing.TryGetProperty("restores", out JsonElement measured));
        if (restores)
            Assert.Equal(3, measured.GetProperty("count").GetInt32());
    }

    [Fact(SkipUnless = nameof(HasKvm), Skip = "There is no KVM here.")]
    public void TheEngine_IsTheOneThatIsAskedFor()
    {
        ToolRun run = ToolRun.Of("call", Guests.Hello, "Add", "40", "2", "--engine", "kvm", "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("kvm", run.Json.GetProperty("engine").GetString());
        Assert.Equal(42, run.Json.GetProperty("result").GetProperty("value").GetInt32());
    }

    [Fact]
    public void Timing_IsToldForOneCallWhereItIsAsked()
    {
        ToolRun run = ToolRun.Of("call", Guests.Hello, "Add", "1", "2", "--timing");

        Assert.Equal("3\n", run.Output);
        Assert.Contains("first call", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("later calls", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ManyCalls_ShowProgressOnATerminal_AndTakeItAway()
    {
        using var cancelled = new CancellationTokenSource(TimeSpan.FromSeconds(2));

        ToolRun run = ToolRun.Of(
            context => context with { ErrorIsTerminal = true, NoColor = "1", Cancelled = cancelled.Token },
            "call", Guests.Hello, "Nothing", "--repeat", "10000000");

        Assert.Equal(ExitCodes.Interrupted, run.ExitCode);
        Assert.Contains(" of 10,000,000 calls", run.Error, StringComparison.Ordinal);
        Assert.EndsWith(" \rlodge: Interrupted." + Environment.NewLine, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Statistics_AreDurationsThatWereMeasured()
    {
        TimeSpan[] durations = [.. Enumerable.Range(1, 100).Reverse().Select(static i => TimeSpan.FromMicroseconds(i))];

        Assert.Equal(new DurationStatistics(100, 1, 50, 95, 100), DurationStatistics.Of(durations));
        Assert.Equal(new DurationStatistics(1, 7, 7, 7, 7), DurationStatistics.Of([TimeSpan.FromMicroseconds(7)]));
        Assert.Null(DurationStatistics.Of([]));
    }

    [Fact]
    public void Core_OfAGuestThatDies_IsWritten()
    {
        string folder = Directory.CreateTempSubdirectory("lodge-cli-").FullName;
        try
        {
            string path = Path.Combine(folder, "guest.core");
            ToolRun fine = ToolRun.Of("call", Guests.Hello, "EchoInt", "5", "--core", path);
            Assert.Equal((0, "5\n", false), (fine.ExitCode, fine.Output, File.Exists(path)));

            ToolRun run = ToolRun.Of("call", Guests.Hello, "Abort", "9", "oops", "--core", path);
            Assert.Equal(ExitCodes.GuestStopped, run.ExitCode);
            Assert.Contains($"oops. Its core dump is {path}.", run.ErrorLine, StringComparison.Ordinal);
            Assert.Equal([0x7F, (byte)'E', (byte)'L', (byte)'F'], File.ReadAllBytes(path)[..4]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Core_ThatCannotBeWritten_IsSaidOnce_WithItsPath()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "no", "such", "guest.core");
        ToolRun run = ToolRun.Of("call", Guests.Hello, "Abort", "9", "oops", "--core", path);

        Assert.Equal(ExitCodes.GuestStopped, run.ExitCode);
        Assert.Contains("oops. No core dump was written: ", run.ErrorLine, StringComparison.Ordinal);
        Assert.Contains($"'{path}'", run.ErrorLine, StringComparison.Ordinal);
        Assert.DoesNotContain(".new", run.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Core_OfACallThatIsStopped_IsSaid()
    {
        var plain = new OperationCanceledException();
        var written = new OperationCanceledException { Data = { [Lodge.Sandbox.Sandbox.CorePathKey] = "guest.core" } };
        var failed = new OperationCanceledException { Data = { [Lodge.Sandbox.Sandbox.CoreProblemKey] = "It is full." } };

        Assert.Equal("Interrupted.", Failure.Of(plain).Message);
        Assert.Equal("Interrupted. The guest's core dump is guest.core.", Failure.Of(written).Message);
        Assert.Equal("Interrupted. No core dump was written: It is full.", Failure.Of(failed).Message);
    }
}
