using System.IO.Pipes;
using System.Text;

namespace Lodge.Cli.Tests;

public class GuestFunctionsTests
{
    public static bool IsLinux => OperatingSystem.IsLinux();

    [Fact]
    public void AFunctionThatIsNotThere_IsSaidWithThoseThatAre()
    {
        ToolRun far = ToolRun.Of("call", Guests.Hello, "Nope");
        ToolRun near = ToolRun.Of("call", Guests.Hello, "Sayhelo", "World", "--json");
        ToolRun created = ToolRun.Of("snapshot", "create", Guests.Notes, "store:one", "putt", "a", "b");

        Assert.Equal((1, 1, 1), (far.ExitCode, near.ExitCode, created.ExitCode));
        Assert.EndsWith(
            "(The guest has Abort, Add, EchoBool, EchoBytes, EchoDouble, EchoFloat, EchoInt, EchoLong, EchoString, EchoUInt, "
                + "EchoULong, Fail, Log, Nothing, Print, Random, SayHello.)",
            far.ErrorLine,
            StringComparison.Ordinal);
        Assert.EndsWith("(Did you mean SayHello?)", near.ErrorLine, StringComparison.Ordinal);
        Assert.Equal("FunctionNotFound", near.Json.GetProperty("error").GetProperty("code").GetString());
        Assert.EndsWith("(Did you mean Put?)", created.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void AGuestsOwnError_OfTheSameNumber_IsNoQuestionOfNames()
    {
        ToolRun run = ToolRun.Of("call", Guests.Hello, "Fail", "ulong:4", "oops");

        Assert.Equal("lodge: Fail failed with FunctionNotFound (4): oops", run.ErrorLine);
    }

    [Fact]
    public void FilesThatAreNoGuests_HaveNoNames()
    {
        using var folder = new ScratchFolder();

        Assert.Empty(GuestFunctions.Read(folder.Write("text", "no guest")));
        Assert.Empty(GuestFunctions.Read(folder.Write("empty", "")));
        Assert.Empty(GuestFunctions.Read(folder.PathOf("none")));
        Assert.Empty(GuestFunctions.Read(folder.Root));
    }

    [Fact(SkipUnless = nameof(IsLinux), Skip = "Pipes have paths on Linux.")]
    public void APipe_HasNoNames()
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);

        Assert.Empty(GuestFunctions.Read($"/proc/self/fd/{pipe.ClientSafePipeHandle.DangerousGetHandle()}"));
    }

    [Fact]
    public void NamesThatAreNone_AreLeftOut()
    {
        using var folder = new ScratchFolder();
        byte[] guest = File.ReadAllBytes(Guests.Hello);
        byte[] name = Encoding.ASCII.GetBytes("lodge_export_Add\0");
        for (int at; (at = guest.AsSpan().IndexOf(name)) >= 0;)
            guest[at + name.Length - 2] = 0x1B;

        string[] names = GuestFunctions.Read(folder.Write("hostile.elf", guest));

        Assert.Equal(16, names.Length);
        Assert.DoesNotContain(names, static name => name.Contains('\u001b', StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("", "abc", 3)]
    [InlineData("abc", "", 3)]
    [InlineData("SayHello", "sayhello", 0)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("Add", "Ad", 1)]
    public void Distance_CountsLetters(string one, string other, int distance)
        => Assert.Equal(distance, EditDistance.Between(one, other));
}
