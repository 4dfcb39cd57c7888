using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Spectre.Console;

namespace Lodge.Cli;

/// <summary><c>lodge call</c>: a function of a guest, in a sandbox of its own.</summary>
internal static class CallCommand
{
    private const int MostRepeats = 10_000_000;

    public static string[] Examples { get; } =
    [
        "lodge call guests/bin/hello.elf SayHello World",
        "lodge call guests/bin/hello.elf Add 40 2 --repeat 1000 --restore-between",
        "lodge call guests/bin/hello.elf EchoULong ulong:7 --json",
        "lodge call guests/bin/hello.elf SayHello World --answer GetWeekday=Friday",
        "lodge call shop.elf Total 7 --answer 'Price(string,int)=long:1995' --answer 'Tell(bytes)=void:'",
        "lodge call guests/bin/digest.elf Digest bytes:@README.md --input 64K --scratch 1M --timeout 5s",
        "lodge call snapshots:one Get name",
        "lodge call guests/bin/hello.elf Abort 99 oops --core hello.core",
        "lodge call guests/bin/hello.elf EchoString -- --an-argument-with-dashes",
    ];

    public static Command Create(ToolContext context) => Create(context, GuestOptions.OfGuest());

    /// <summary>The command for what options say.</summary>
    public static Command Create(ToolContext context, GuestOptions guest)
    {
        var function = new Argument<string>("FUNCTION") { Description = "The guest's function." };
        var arguments = new Argument<string[]>("ARGS")
        {
            Description = "Its arguments: integers are int, or long where they do not fit; 1.5 is a double; true and false are "
                + "bool; the rest is a string. A prefix says it: int: uint: long: ulong: float: double: bool: string: "
                + "bytes:, as in uint:7, bytes:0xCAFE, bytes:@FILE, string:@FILE.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Option<int?> repeat = ParsedOption.Of<int?>(
            "--repeat", "N", "Call so often in the same sandbox, and say how long that takes. The last result is shown. The "
                + "first thousands of calls of a process are slow: its code is compiled meanwhile.",
            static text => ParseRepeat(text));
        var restore = new Option<bool>("--restore-between")
        {
            Description = "Make the guest as it was before the first call, before each of the others.",
        };
        Option<TimeSpan?> timeout = ParsedOption.Of<TimeSpan?>(
            "--timeout", "DURATION", "How long a call may take, as 500ms, 5s, 2m; as long as it likes, where nothing is said.",
            static text => DurationText.Parse(text));
        var timing = new Option<bool>("--timing") { Description = "Say how long it takes, also for one call." };
        Option<string?> core = ParsedOption.Of<string?>(
            "--core", "FILE", "Write a core dump for gdb there, if the guest dies.",
            static text => text.Length != 0 ? text : throw new UsageException("The core dump's name is empty."));
        var raw = new Option<bool>("--raw") { Description = "Write the result as it is: bytes as bytes, and no line's end." };
        Option<bool> json = JsonText.Option();

        var command = new Command("call", "Calls a function of a guest, and writes what it returns.");
        guest.AddTo(command);
        command.Add(function);
        command.Add(arguments);
        command.Add(repeat);
        command.Add(restore);
        command.Add(timeout);
        command.Add(timing);
        command.Add(core);
        command.Add(raw);
        command.Add(json);
        command.SetAction(parsed =>
        {
            RequireNoUnknownOption(parsed);
            if (parsed.GetValue(raw) && parsed.GetValue(json))
                throw new UsageException("--raw and --json do not go together.");

            var request = new CallRequest
            {
                Setup = guest.Read(parsed, context) with { CorePath = parsed.GetValue(core) },
                Function = parsed.GetRequiredValue(function) is { Length: > 0 } name
                    ? name
                    : throw new UsageException("The function's name is empty."),
                Arguments = [.. (parsed.GetValue(arguments) ?? []).Select(ValueText.Parse)],
                Repeat = parsed.GetValue(repeat) ?? 1,
                RestoreBetween = parsed.GetValue(restore),
                Timeout = parsed.GetValue(timeout) ?? Timeout.InfiniteTimeSpan,
            };
            var timings = new CallTimings(request.Repeat);
            GuestValue result = CallRun.Execute(request, context, timings);
            bool measures = request.Repeat > 1 || parsed.GetValue(timing);
            if (parsed.GetValue(json))
                WriteJson(request, result, measures ? timings.ToReport() : null, context);
            else
                WriteForPeople(result, parsed.GetValue(raw), measures ? timings.ToReport() : null, context);

            return ExitCodes.Ok;
        });
        return command;
    }

    private static int ParseRepeat(string text)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count is >= 1 and <= MostRepeats
            ? count
            : throw new UsageException($"{text} is not a number from 1 to {MostRepeats}.");

    /// <summary>A mistyped option would become an argument of the guest's function.</summary>
    public static void RequireNoUnknownOption(ParseResult parsed)
    {
        foreach (Token token in parsed.Tokens)
        {
            if (token.Type == TokenType.DoubleDash)
                return;

            string text = token.Value;
            bool looksLikeOption = token.Type == TokenType.Argument && text.Length > 1 && text[0] == '-'
                && !char.IsAsciiDigit(text[1]) && text[1] != '.';
            if (looksLikeOption)
                throw new UsageException($"There is no option {text}. Arguments that begin with - go behind a --.");
        }
    }

    private static void WriteForPeople(GuestValue result, bool isRaw, TimingReport? timing, ToolContext context)
    {
        if (isRaw)
            WriteRaw(result, context);
        else if (result.Type != GuestType.Void)
            context.Output.WriteLine(context.OutputIsTerminal ? SafeText.Lines(result.ToString()) : result.ToString());

        if (timing is not null)
            context.DrawTalk(console => console.Write(TimingTable.Of(timing)));
    }

    private static void WriteRaw(GuestValue result, ToolContext context)
    {
        if (result.TryAs(out ReadOnlyMemory<byte> bytes))
        {
            context.Output.Flush();
            context.RawOutput.Write(bytes.Span);
            context.RawOutput.Flush();
        }
        else
        {
            context.Output.Write(result.ToString());
        }
    }

    private static void WriteJson(CallRequest request, GuestValue result, TimingReport? timing, ToolContext context)
        => context.Output.WriteLine(JsonText.Of(new CallReport
        {
            Guest = request.Setup.Path,
            Function = request.Function,
            Engine = request.Setup.Engine.Name,
            Calls = request.Repeat,
            Result = new ValueReport(result),
            Timing = timing,
        }));
}
