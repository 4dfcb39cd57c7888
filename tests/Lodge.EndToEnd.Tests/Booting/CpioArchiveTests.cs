using System.Text;
using Xunit;

namespace Lodge.EndToEnd.Tests;

public sealed class CpioArchiveTests
{
    [Fact]
    public void Finish_OfOneProgram_IsTheArchiveThatCpioWrites()
    {
        var archive = new CpioArchive();
        archive.AddProgram("init", "hello"u8);
        string text = Encoding.ASCII.GetString(archive.Finish());

        const string Program = "070701" + "00000001" + "000081ED" + "00000000" + "00000000" + "00000001" + "00000000" + "00000005"
            + "00000000" + "00000000" + "00000000" + "00000000" + "00000005" + "00000000" + "init\0" + "\0" + "hello\0\0\0";
        const string Trailer = "070701" + "00000002" + "00000000" + "00000000" + "00000000" + "00000001" + "00000000" + "00000000"
            + "00000000" + "00000000" + "00000000" + "00000000" + "0000000B" + "00000000" + "TRAILER!!!\0" + "\0\0\0";
        Assert.Equal(Program + Trailer, text);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("ab")]
    [InlineData("abc")]
    [InlineData("abcd")]
    public void Finish_NamesOfAnyLength_EndsAtAMultipleOfFour(string name)
    {
        var archive = new CpioArchive();
        archive.AddDirectory(name);
        archive.AddCharacterDevice(name + "/null", 1, 3);
        Assert.Equal(0, archive.Finish().Length % 4);
    }
}
