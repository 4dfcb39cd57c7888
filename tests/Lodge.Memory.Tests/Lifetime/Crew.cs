using System.Collections.Concurrent;

namespace Lodge.Memory.Tests;

/// <summary>Threads that repeat something until they are stopped; what one of them throws is thrown again at the end.</summary>
internal sealed class Crew : IDisposable
{
    private readonly List<Thread> _threads = [];
    private readonly ConcurrentQueue<Exception> _failures = [];
    private volatile bool _stopped;

    public bool IsRunning => !_stopped && _failures.IsEmpty;

    /// <summary>Runs <paramref name="work"/> again and again on a thread of its own.</summary>
    public void Start(Action work)
    {
        var thread = new Thread(() =>
        {
            try
            {
                while (IsRunning)
                    work();
            }
            catch (Exception e)
            {
                _failures.Enqueue(e);
            }
        })
        { IsBackground = true };
        _threads.Add(thread);
        thread.Start();
    }

    public void Dispose()
    {
        _stopped = true;
        foreach (Thread thread in _threads)
            thread.Join();

        if (_failures.TryDequeue(out Exception? failure))
            throw new InvalidOperationException($"A thread failed: {failure.Message}", failure);
    }
}
