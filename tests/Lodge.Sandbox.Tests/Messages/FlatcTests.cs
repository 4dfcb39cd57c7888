using System.Text.Json.Nodes;
using Xunit;

namespace Lodge.Sandbox.Tests;

/// <summary>The messages against those of FlatBuffers' own compiler.</summary>
public sealed class FlatcTests
{
    [Fact(SkipUnless = nameof(Flatc.IsThere), SkipType = typeof(Flatc), Skip = Flatc.Missing)]
    public void WrittenMessages_ReadByFlatc_AreTheSameValues()
    {
        using var flatc = new Flatc();
        Check(flatc, "FunctionCall", MessageCase.Calls);
        Check(flatc, "FunctionCallResult", MessageCase.Answers);
    }

    [Fact(SkipUnless = nameof(Flatc.IsThere), SkipType = typeof(Flatc), Skip = Flatc.Missing)]
    public void MessagesOfFlatc_AreReadAsTheSameValues()
    {
        using var flatc = new Flatc();
        MessageCase[] calls = MessageCase.Calls;
        byte[][] messages = flatc.ToMessages("FunctionCall", [.. calls.Select(call => call.ToJson("host").ToJsonString())]);
        for (int i = 0; i < calls.Length; i++)
            MessageAssert.IsCall(calls[i], messages[i]);

        MessageCase[] answers = MessageCase.Answers;
        messages = flatc.ToMessages("FunctionCallResult", [.. answers.Select(answer => answer.ToJson("").ToJsonString())]);
        for (int i = 0; i < answers.Length; i++)
            MessageAssert.IsAnswer(answers[i], messages[i]);
    }

    [Fact(SkipUnless = nameof(Flatc.IsThere), SkipType = typeof(Flatc), Skip = Flatc.Missing)]
    public void FloatingPointNumbers_AreTheSameToFlatc()
    {
        using var flatc = new Flatc(hasFloats: true);
        GuestValue[] values = [1.5f, -0.25f, 0f, 16777216f, 1.5, -0.25, 0d, 9007199254740992d];
        string[] texts = flatc.ToJson("FunctionCallResult", [.. values.Select(value => new MessageCase(null, [value]).Write())]);
        Assert.Equal(
            [1.5, -0.25, 0, 16777216, 1.5, -0.25, 0, 9007199254740992],
            texts.Select(text => JsonNode.Parse(text)!["result"]!["value"]!["value"]!.GetValue<double>()));
        byte[][] messages = flatc.ToMessages("FunctionCallResult", texts);
        for (int i = 0; i < values.Length; i++)
            MessageAssert.IsAnswer(new MessageCase(null, [values[i]]), messages[i]);
    }

    [Fact(SkipUnless = nameof(Flatc.IsThere), SkipType = typeof(Flatc), Skip = Flatc.Missing)]
    public void LogRecordsOfFlatc_AreReadAsTheSameValues()
    {
        using var flatc = new Flatc();
        string[] levels = ["Trace", "Debug", "Information", "Warning", "Error", "Critical", "None"];
        byte[][] messages = flatc.ToMessages("GuestLogData", [
            "{}",
            .. levels.Select((level, i) => new JsonObject
            {
                ["message"] = "",
                ["source"] = $"source {level}",
                ["level"] = level,
                ["caller"] = "caller \u00fc",
                ["source_file"] = "file.c",
                ["line"] = i == 0 ? uint.MaxValue : (uint)i,
            }.ToJsonString()),
        ]);
        Assert.Equal(new GuestLogRecord("", "", 0, "", "", 0), MessageReader.ReadLog(messages[0]));
        for (int i = 0; i < levels.Length; i++)
        {
            uint line = i == 0 ? uint.MaxValue : (uint)i;
            Assert.Equal(
                new GuestLogRecord("", $"source {levels[i]}", (byte)i, "caller \u00fc", "file.c", line),
                MessageReader.ReadLog(messages[i + 1]));
        }
    }

    private static void Check(Flatc flatc, string root, MessageCase[] cases)
    {
        string[] texts = flatc.ToJson(root, [.. cases.Select(one => one.Write())]);
        for (int i = 0; i < cases.Length; i++)
        {
            JsonObject wanted = cases[i].ToJson("guest");
            bool isSame = JsonNode.DeepEquals(wanted, JsonNode.Parse(texts[i]));
            Assert.True(isSame, $"Case {i} is {wanted.ToJsonString()}, and flatc says {texts[i]}");
        }
    }
}
