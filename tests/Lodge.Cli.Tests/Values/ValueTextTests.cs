namespace Lodge.Cli.Tests;

public class ValueTextTests
{
    public static TheoryData<string, GuestType, string> Inferred => new()
    {
        { "0", GuestType.Int, "0" },
        { "-1", GuestType.Int, "-1" },
        { "2147483647", GuestType.Int, "2147483647" },
        { "-2147483648", GuestType.Int, "-2147483648" },
        { "2147483648", GuestType.Long, "2147483648" },
        { "-9223372036854775808", GuestType.Long, "-9223372036854775808" },
        { "1.5", GuestType.Double, "1.5" },
        { "-0.25", GuestType.Double, "-0.25" },
        { "1.5e3", GuestType.Double, "1500" },
        { "1e3", GuestType.Double, "1000" },
        { "-2E-1", GuestType.Double, "-0.2" },
        { "1e", GuestType.String, "1e" },
        { "1e5f", GuestType.String, "1e5f" },
        { "true", GuestType.Bool, "true" },
        { "false", GuestType.Bool, "false" },
        { "True", GuestType.String, "True" },
        { "", GuestType.String, "" },
        { "+1", GuestType.String, "+1" },
        { " 1", GuestType.String, " 1" },
        { "1\n", GuestType.String, "1\n" },
        { "1.", GuestType.String, "1." },
        { ".5", GuestType.String, ".5" },
        { "1.2.3", GuestType.String, "1.2.3" },
        { "1,5", GuestType.String, "1,5" },
        { "0x10", GuestType.String, "0x10" },
        { "٣", GuestType.String, "٣" },
        { "NaN", GuestType.String, "NaN" },
        { "@file", GuestType.String, "@file" },
        { "http://x", GuestType.String, "http://x" },
        { "Int:1", GuestType.String, "Int:1" },
        { ":", GuestType.String, ":" },
    };

    public static TheoryData<string, GuestType, string> Cast => new()
    {
        { "int:-5", GuestType.Int, "-5" },
        { "int:0x7fffffff", GuestType.Int, "2147483647" },
        { "uint:4294967295", GuestType.UInt, "4294967295" },
        { "uint:0xFFFFFFFF", GuestType.UInt, "4294967295" },
        { "long:5", GuestType.Long, "5" },
        { "long:-9223372036854775808", GuestType.Long, "-9223372036854775808" },
        { "ulong:18446744073709551615", GuestType.ULong, "18446744073709551615" },
        { "ulong:0xffffffffffffffff", GuestType.ULong, "18446744073709551615" },
        { "float:1", GuestType.Float, "1" },
        { "float:-1.5e3", GuestType.Float, "-1500" },
        { "float:NaN", GuestType.Float, "NaN" },
        { "double:2", GuestType.Double, "2" },
        { "double:-Infinity", GuestType.Double, "-Infinity" },
        { "bool:true", GuestType.Bool, "true" },
        { "bool:false", GuestType.Bool, "false" },
        { "string:5", GuestType.String, "5" },
        { "string:", GuestType.String, "" },
        { "string:int:5", GuestType.String, "int:5" },
        { "bytes:0xCAfe", GuestType.Bytes, "cafe" },
        { "bytes:0x", GuestType.Bytes, "" },
    };

    [Theory]
    [MemberData(nameof(Inferred))]
    [MemberData(nameof(Cast))]
    public void Parse_GivesTypeAndContent(string text, GuestType type, string content)
    {
        GuestValue value = ValueText.Parse(text);

        Assert.Equal((type, content), (value.Type, value.ToString()));
    }

    [Theory]
    [InlineData("int:")]
    [InlineData("int:x")]
    [InlineData("int:1.5")]
    [InlineData("int: 1")]
    [InlineData("int:2147483648")]
    [InlineData("int:0x80000000")]
    [InlineData("int:0x")]
    [InlineData("int:-0x1")]
    [InlineData("uint:-1")]
    [InlineData("uint:4294967296")]
    [InlineData("uint:0x100000000")]
    [InlineData("long:9223372036854775808")]
    [InlineData("long:0x8000000000000000")]
    [InlineData("ulong:-1")]
    [InlineData("ulong:18446744073709551616")]
    [InlineData("ulong:0x10000000000000000")]
    [InlineData("float:")]
    [InlineData("float:one")]
    [InlineData("float:1e39")]
    [InlineData("double:1,5")]
    [InlineData("double:1e309")]
    [InlineData("bool:1")]
    [InlineData("bool:")]
    [InlineData("bytes:")]
    [InlineData("bytes:cafe")]
    [InlineData("bytes:0xcaf")]
    [InlineData("bytes:0xgg")]
    [InlineData("bytes:@")]
    [InlineData("string:@")]
    [InlineData("9223372036854775808")]
    [InlineData("1e400")]
    [InlineData("-1.5e400")]
    public void Parse_OfWhatIsNotOfTheType_IsAUsageError(string text)
        => Assert.Throws<UsageException>(() => ValueText.Parse(text));

    [Fact]
    public void Parse_OfANumberThatIsTooLarge_SaysHowToWriteIt()
    {
        var wrong = Assert.Throws<UsageException>(static () => ValueText.Parse("-1e400"));

        Assert.Equal("-1e400 does not fit into a double: double:-Infinity or string:-1e400 says what it is.", wrong.Message);
    }

    [Fact]
    public void Parse_OfFiles_TakesTheirContent()
    {
        using var folder = new ScratchFolder();
        string bytes = folder.Write("bytes", [0xFF, 0x00, 0x0A]);
        string text = folder.Write("text", "Grüße\n");

        Assert.Equal((GuestValue)new byte[] { 0xFF, 0x00, 0x0A }, ValueText.Parse($"bytes:@{bytes}"));
        Assert.Equal("Grüße\n", ValueText.Parse($"string:@{text}"));
    }

    [Fact]
    public void Parse_OfAFileThatIsNoText_IsAFileProblem()
    {
        using var folder = new ScratchFolder();
        string bytes = folder.Write("bytes", [0xFF]);

        Assert.Throws<IOException>(() => ValueText.Parse($"string:@{bytes}"));
        Assert.Throws<FileNotFoundException>(() => ValueText.Parse($"bytes:@{bytes}.none"));
    }

    [Fact(SkipUnless = nameof(HasEndlessFile), Skip = "There is no /dev/zero.")]
    public void Parse_OfAFileWithoutEnd_Stops()
        => Assert.Throws<IOException>(() => ValueText.Parse("bytes:@/dev/zero"));

    public static bool HasEndlessFile => OperatingSystem.IsLinux() && File.Exists("/dev/zero");
}
