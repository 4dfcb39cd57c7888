using System.Runtime.ExceptionServices;
using Xunit;

namespace Lodge.Sandbox.Tests;

/// <summary>Runs what may hang: on a thread of its own, so that a hang is a failure of one test and not of the run.</summary>
internal static class Restrained
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public static void Run(Action action)
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                action();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        })
        {
            IsBackground = true,
            Name = "hostile guest",
        };
        thread.Start();
        Assert.True(thread.Join(Limit), $"It has not ended within {Limit}.");
        failure?.Throw();
    }
}
