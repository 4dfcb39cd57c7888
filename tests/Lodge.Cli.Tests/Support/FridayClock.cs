namespace Lodge.Cli.Tests;

/// <summary>A clock on which it is always a Friday.</summary>
internal sealed class FridayClock : TimeProvider
{
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);
}
