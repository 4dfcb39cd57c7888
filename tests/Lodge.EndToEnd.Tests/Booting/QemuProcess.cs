using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Lodge.EndToEnd.Tests;

/// <summary>A running QEMU. It ends with this object, and does not outlive a test run that is killed by much.</summary>
internal sealed class QemuProcess : IAsyncDisposable
{
    // Longer than all tests together take on a slow machine.
    private const int LongestLifeInSeconds = 600;

    private readonly Process _process;
    private readonly StringBuilder _complaints = new();

    private QemuProcess(Process process)
    {
        _process = process;
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_complaints)
                _complaints.AppendLine(line.Data);
        };
        _process.BeginErrorReadLine();
    }

    public TextWriter Input => _process.StandardInput;

    public TextReader Output => _process.StandardOutput;

    public bool HasExited => _process.HasExited;

    /// <summary>What QEMU wrote to its error output.</summary>
    public string Complaints
    {
        get
        {
            lock (_complaints)
                return _complaints.ToString().Trim();
        }
    }

    public static QemuProcess Start(params ReadOnlySpan<string> arguments)
    {
        var start = new ProcessStartInfo(BootFiles.Timeout!)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("--kill-after=5");
        start.ArgumentList.Add(LongestLifeInSeconds.ToString(CultureInfo.InvariantCulture));
        start.ArgumentList.Add(BootFiles.Qemu!);
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);

        return new QemuProcess(Process.Start(start)!);
    }

    public async ValueTask DisposeAsync()
    {
        if (!await EndsByItselfAsync())
            _process.Kill(entireProcessTree: true);

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<bool> EndsByItselfAsync()
    {
        try
        {
            await Input.WriteLineAsync("""{"execute": "quit"}""");
            await Input.FlushAsync();
            await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(5));
            return true;
        }
        catch (Exception exception) when (exception is IOException or TimeoutException)
        {
            return _process.HasExited;
        }
    }
}
