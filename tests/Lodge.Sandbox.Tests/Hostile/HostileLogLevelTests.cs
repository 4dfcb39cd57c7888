using Microsoft.Extensions.Logging;
using Xunit;

namespace Lodge.Sandbox.Tests;

/// <summary>A guest is told from which level on it may log, and need not care.</summary>
public sealed class HostileLogLevelTests
{
    [Fact]
    public void Log_BelowTheLevelThatWasAskedFor_GoesNowhere()
    {
        var logger = new ListLogger();
        using Sandbox sandbox = HostileGuest.Create(options =>
        {
            options.Logger = logger;
            options.GuestLogLevel = LogLevel.Error;
        });
        sandbox.Call<GuestValue>("RawLog", Messages.Log("whisper", (byte)LogLevel.Debug));
        Assert.Empty(logger.Lines);
    }

    [Fact]
    public void Logger_OfASandboxMadeFromASnapshot_TakesTheGuestsRecords()
    {
        using var quiet = Sandbox.Create(Guests.Hello, static options =>
        {
            options.Engine = HostileGuest.Engine;
            options.GuestLogLevel = LogLevel.Information;
        });
        using Snapshot snapshot = quiet.TakeSnapshot();
        var logger = new ListLogger();
        using var loud = Sandbox.Create(snapshot, options =>
        {
            options.Engine = HostileGuest.Engine;
            options.Logger = logger;
        });
        loud.Call("Log", 4, "text");
        Assert.NotEmpty(logger.Lines);
    }
}
