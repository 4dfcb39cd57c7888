namespace Lodge.Memory.Tests;

/// <summary>A thread that waits for a space's readers.</summary>
internal sealed class Waiter
{
    private readonly Thread _thread;
    private bool _result;

    public Waiter(LiveGuestMemory live, TimeSpan timeout)
    {
        _thread = new Thread(() => _result = live.WaitForReaders(timeout)) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>What the wait returned; call it after <see cref="ReturnsWithin"/>.</summary>
    public bool Result => _result;

    public bool ReturnsWithin(TimeSpan time) => _thread.Join(time);
}
