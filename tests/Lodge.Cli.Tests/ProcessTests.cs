using System.Diagnostics;

namespace Lodge.Cli.Tests;

/// <summary>The tool as a process of its own.</summary>
public class ProcessTests
{
    private static readonly string Tool = Path.Combine(AppContext.BaseDirectory, "lodge.dll");

    public static bool CanRun => OperatingSystem.IsLinux() && Environment.ProcessPath is not null;

    [Fact(SkipUnless = nameof(CanRun), Skip = "Runs with an installed .NET on Linux.")]
    public async Task Bytes_ComeOutAsTheyAre()
    {
        (int exitCode, byte[] output, string error) =
            await RunAsync("call", Guests.Hello, "EchoBytes", "bytes:0x00FF0A0D", "--raw");

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Equal([0x00, 0xFF, 0x0A, 0x0D], output);
    }

    [Fact(SkipUnless = nameof(CanRun), Skip = "Runs with an installed .NET on Linux.")]
    public async Task Errors_AreALineOnStderr()
    {
        (int exitCode, byte[] output, string error) = await RunAsync("call", Guests.Hello, "Fail", "ulong:9", "Grüße");

        Assert.Equal((ExitCodes.FunctionFailed, "lodge: Fail failed with error 9: Grüße\n"), (exitCode, error));
        Assert.Empty(output);
    }

    private static async Task<(int ExitCode, byte[] Output, string Error)> RunAsync(params string[] arguments)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [Tool, .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.Start();
        using var output = new MemoryStream();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        Task copied = process.StandardOutput.BaseStream.CopyToAsync(output, limit.Token);
        Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            await copied;
            return (process.ExitCode, output.ToArray(), await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
