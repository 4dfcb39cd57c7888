using Microsoft.Extensions.Logging;

namespace Lodge.Cli.Tests;

public class UnitTextTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("65536", 65536)]
    [InlineData("64K", 64 << 10)]
    [InlineData("64k", 64 << 10)]
    [InlineData("8M", 8 << 20)]
    [InlineData("8MiB", 8 << 20)]
    [InlineData("1G", 1L << 30)]
    [InlineData("2T", 2L << 40)]
    public void Sizes_AreRead(string text, long bytes) => Assert.Equal(bytes, ByteSizeText.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("K")]
    [InlineData("-1")]
    [InlineData("1.5M")]
    [InlineData("64 K")]
    [InlineData("64Q")]
    [InlineData("64iB")]
    [InlineData("9223372036854775808")]
    [InlineData("9223372036854775807K")]
    public void Sizes_ThatAreNone_AreUsageErrors(string text)
        => Assert.Throws<UsageException>(() => ByteSizeText.Parse(text));

    [Theory]
    [InlineData(0, "0 bytes")]
    [InlineData(1023, "1023 bytes")]
    [InlineData(4096, "4 KiB")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(1UL << 30, "1 GiB")]
    public void Sizes_AreWritten(ulong bytes, string text) => Assert.Equal(text, ByteSizeText.Format(bytes));

    [Theory]
    [InlineData("5s", 5000)]
    [InlineData("500ms", 500)]
    [InlineData("1.5s", 1500)]
    [InlineData("250us", 0.25)]
    [InlineData("2m", 120_000)]
    [InlineData("1h", 3_600_000)]
    public void Durations_AreRead(string text, double milliseconds)
        => Assert.Equal(milliseconds, DurationText.Parse(text).TotalMilliseconds);

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("0s")]
    [InlineData("1e3s")]
    [InlineData("5 s")]
    [InlineData("5S")]
    [InlineData("2000h")]
    public void Durations_ThatAreNone_AreUsageErrors(string text)
        => Assert.Throws<UsageException>(() => DurationText.Parse(text));

    [Theory]
    [InlineData(1.2, "1.20 µs")]
    [InlineData(123.4, "123 µs")]
    [InlineData(12_345, "12.3 ms")]
    [InlineData(2_000_000, "2.00 s")]
    public void Durations_AreWritten(double microseconds, string text)
        => Assert.Equal(text, DurationText.Format(TimeSpan.FromMicroseconds(microseconds)));

    [Theory]
    [InlineData("trace", LogLevel.Trace)]
    [InlineData("info", LogLevel.Information)]
    [InlineData("warning", LogLevel.Warning)]
    [InlineData("none", LogLevel.None)]
    public void Levels_AreRead(string text, LogLevel level) => Assert.Equal(level, LogLevelText.Parse(text));

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("Grüße, 世界", "Grüße, 世界")]
    [InlineData("a\nb\tc", "a\\nb\\tc")]
    [InlineData("\u001b[31mred\r", "\\u001b[31mred\\u000d")]
    [InlineData("\u202egnp.exe\u2028\u009b", "\\u202egnp.exe\\u2028\\u009b")]
    public void Lines_OfGuests_GiveATerminalNoOrders(string text, string safe) => Assert.Equal(safe, SafeText.Line(text));

    [Fact]
    public void Texts_OfGuests_KeepTheirLines() => Assert.Equal("a\n\tb\\u001b", SafeText.Lines("a\n\tb\u001b"));
}
