using System.Text.Json;

namespace Lodge.Cli.Tests;

public sealed class SnapshotCommandTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private string Store => _folder.PathOf("store");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Create_ThenCall_GoesOnFromThere()
    {
        ToolRun created = ToolRun.Of("snapshot", "create", Guests.Notes, $"{Store}:one", "Put", "name", "value");
        Assert.Equal((0, ""), (created.ExitCode, created.Error));
        Assert.Matches("^sha256:[0-9a-f]{64}\n$", created.Output);
        Assert.Equal("value\n", Output("snapshot", "call", $"{Store}:one", "Get", "name"));
        Assert.Equal("value\n", Output("call", $"{Store}:one", "Get", "name", "--trusted"));
        Assert.Equal("1\n", Output("call", $"{Store}:one", "Count", "--repeat", "3", "--restore-between"));
    }

    [Fact]
    public void Create_OfASnapshot_AddsToIt()
    {
        Output("snapshot", "create", Guests.Notes, $"{Store}:one", "Put", "a", "x");
        Output("snapshot", "create", $"{Store}:one", $"{Store}:two", "Put", "b", "y");
        Assert.Equal("2\n", Output("snapshot", "call", $"{Store}:two", "Count"));
        Assert.Equal("1\n", Output("snapshot", "call", $"{Store}:one", "Count"));
    }

    [Fact]
    public void List_SaysWhatThereIs()
    {
        string first = Output("snapshot", "create", Guests.Notes, $"{Store}:one").Trim();
        Output("snapshot", "create", Guests.Hello, $"{Store}:two");
        string[] lines = Output("snapshot", "list", Store).TrimEnd('\n').Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.Matches($@"^one +\S+ KiB +{first} *$", lines[0]);
        JsonElement json = ToolRun.Of("snapshot", "list", Store, "--json").Json;
        Assert.Equal(["one", "two"], json.EnumerateArray().Select(static one => one.GetProperty("tag").GetString()));
        Assert.Equal(first, json[0].GetProperty("digest").GetString());
    }

    [Fact]
    public void Verify_FindsWhatIsDamaged()
    {
        Output("snapshot", "create", Guests.Notes, $"{Store}:one");
        Assert.Equal("one: sound\n", Output("snapshot", "verify", Store));
        Assert.Equal("one: sound\n", Output("snapshot", "verify", $"{Store}:one"));
        Damage(Store);
        ToolRun run = ToolRun.Of("snapshot", "verify", Store);
        Assert.Equal(ExitCodes.Host, run.ExitCode);
        Assert.Matches("^one: .*altered", run.Output);
        Assert.Matches("^lodge: one: .*altered", run.ErrorLine);
    }

    [Fact]
    public void Verify_InJson_HasTheSnapshots_AlsoWhereItFails()
    {
        Output("snapshot", "create", Guests.Notes, $"{Store}:one");
        Output("snapshot", "create", Guests.Hello, $"{Store}:two");
        string[] command = ["snapshot", "verify", Store, "--json"];
        ToolRun sound = ToolRun.Of(command);
        ToolRun unknown = ToolRun.Of("snapshot", "verify", $"{Store}:three", "--json");
        Damage(Store);
        ToolRun damaged = ToolRun.Of(command);

        Assert.Equal((0, ""), (sound.ExitCode, sound.Error));
        Assert.Equal([("one", true), ("two", true)], Verdicts(sound));

        Assert.Equal(ExitCodes.Host, unknown.ExitCode);
        Assert.Equal([("three", false)], Verdicts(unknown));
        Assert.Equal($"lodge: three: There is no snapshot three in {Store}.", unknown.ErrorLine);

        Assert.Equal((ExitCodes.Host, ExitCodes.Host), (damaged.ExitCode, damaged.Json.GetProperty("exitCode").GetInt32()));
        Assert.Equal("snapshot", damaged.Json.GetProperty("error").GetProperty("kind").GetString());
        Assert.Single(Verdicts(damaged), static verdict => !verdict.IsSound);
        Assert.Equal("lodge: 1 of 2 snapshots is not sound.", damaged.ErrorLine);

        static (string? Tag, bool IsSound)[] Verdicts(ToolRun run) =>
        [
            .. from one in run.Json.GetProperty("snapshots").EnumerateArray()
               select (one.GetProperty("tag").GetString(), one.GetProperty("isSound").GetBoolean()),
        ];
    }

    [Fact]
    public void Call_OfADamagedSnapshot_SaysSo()
    {
        Output("snapshot", "create", Guests.Notes, $"{Store}:one");
        File.WriteAllText(Path.Combine(Store, "index.json"), "{");
        ToolRun run = ToolRun.Of("snapshot", "call", $"{Store}:one", "Count", "--json");
        Assert.Equal(ExitCodes.Host, run.ExitCode);
        Assert.Contains("index.json is damaged", run.ErrorLine, StringComparison.Ordinal);
        Assert.Equal("snapshot", run.Json.GetProperty("error").GetProperty("kind").GetString());
    }

    [Theory]
    [InlineData("list", "FOLDER")]
    [InlineData("verify", "FOLDER")]
    [InlineData("verify", "FOLDER:x")]
    [InlineData("call", "FOLDER:x", "Count")]
    public void AFolderThatIsNoStore_IsSaidToBeNone(params string[] arguments)
    {
        string[] command =
            ["snapshot", .. arguments.Select(word => word.Replace("FOLDER", _folder.Root, StringComparison.Ordinal))];

        ToolRun text = ToolRun.Of(command);
        ToolRun json = ToolRun.Of([.. command, "--json"]);

        Assert.Equal((ExitCodes.Host, ""), (text.ExitCode, text.Output));
        Assert.Equal($"lodge: {_folder.Root} is no store of snapshots: it has no oci-layout.", text.ErrorLine);
        Assert.Equal(ExitCodes.Host, json.Json.GetProperty("exitCode").GetInt32());
        Assert.Equal("file", json.Json.GetProperty("error").GetProperty("kind").GetString());
        Assert.Equal(text.ErrorLine, json.ErrorLine);
    }

    [Fact]
    public void AnEmptyStore_HasNothingToList()
    {
        Output("snapshot", "create", Guests.Notes, $"{Store}:one");
        File.WriteAllText(Path.Combine(Store, "index.json"), """{"schemaVersion":2,"manifests":[]}""");

        Assert.Equal("", Output("snapshot", "list", Store));
        Assert.Equal("", Output("snapshot", "verify", Store));
        Assert.Equal(0, ToolRun.Of("snapshot", "list", Store, "--json").Json.GetArrayLength());
    }

    [Theory]
    [InlineData(2, "is no snapshot", "snapshot", "call", "store", "Count")]
    [InlineData(2, "is no snapshot", "snapshot", "create", "GUEST", "store")]
    [InlineData(2, "A tag is", "snapshot", "create", "GUEST", "STORE:-x")]
    [InlineData(2, "--trusted is for", "call", "GUEST", "Count", "--trusted")]
    [InlineData(2, "There is no option --heep", "snapshot", "create", "GUEST", "STORE:x", "--heep", "1M")]
    [InlineData(4, "There is no folder", "snapshot", "call", "STORE:x", "Count")]
    [InlineData(4, "There is no folder", "snapshot", "list", "STORE")]
    [InlineData(4, "There is no folder", "snapshot", "verify", "STORE:x")]
    [InlineData(4, "There is neither a file STORE:x nor a store of snapshots STORE.", "call", "STORE:x", "Count")]
    [InlineData(4, "GUEST is a file, and no folder.", "snapshot", "create", "GUEST", "GUEST:x")]
    [InlineData(4, "GUEST is a file, and no folder.", "snapshot", "call", "GUEST:x", "Count")]
    public void WhatCannotBe_IsSaid(int exitCode, string message, params string[] arguments)
    {
        ToolRun run = ToolRun.Of([.. arguments.Select(Filled)]);
        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(Filled(message), run.ErrorLine, StringComparison.Ordinal);

        string Filled(string text) => text
            .Replace("GUEST", Guests.Notes, StringComparison.Ordinal)
            .Replace("STORE", Store, StringComparison.Ordinal);
    }

    [Fact]
    public void Sizes_AreDecidedByTheSnapshot()
    {
        Output("snapshot", "create", Guests.Notes, $"{Store}:one", "--heap", "1M");
        ToolRun run = ToolRun.Of("call", $"{Store}:one", "Count", "--heap", "2M");
        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains("--heap is decided by the snapshot", run.ErrorLine, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Usage, ToolRun.Of("snapshot", "call", $"{Store}:one", "Count", "--heap", "2M").ExitCode);
    }

    private static void Damage(string store)
    {
        string largest = Directory.EnumerateFiles(Path.Combine(store, "blobs", "sha256"))
            .MaxBy(static path => new FileInfo(path).Length)!;
        byte[] bytes = File.ReadAllBytes(largest);
        bytes[^1] ^= 1;
        File.WriteAllBytes(largest, bytes);
    }

    private static string Output(params string[] arguments)
    {
        ToolRun run = ToolRun.Of(arguments);
        Assert.True(run.ExitCode == 0, run.Error);
        return run.Output;
    }
}
