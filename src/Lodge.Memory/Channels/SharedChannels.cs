using System.Diagnostics.CodeAnalysis;

namespace Lodge.Memory;

/// <summary>A board where one guest's host code publishes shared memory under a key and another's finds it.</summary>
/// <remarks>A key is taken from its publication until both sides have let go, which is to say, disposed of their channel.
/// Thread-safe.</remarks>
/// <typeparam name="TKey">The key: a number, a name.</typeparam>
public sealed class SharedChannels<TKey> where TKey : notnull
{
    private readonly Dictionary<TKey, Entry> _entries = [];
    private readonly Lock _lock = new();

    /// <summary>How many keys are taken.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _entries.Count;
        }
    }

    /// <summary>Publishes fresh shared memory.</summary>
    /// <param name="key">The key.</param>
    /// <param name="size">The size in bytes; rounded up to whole pages.</param>
    /// <param name="channel">The publisher's side.</param>
    /// <returns>False where the key is taken; whoever has it does not notice.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The size is 0, or more than a process can address.</exception>
    /// <exception cref="HostMemoryException">The system refused.</exception>
    public bool TryPublish(TKey key, ulong size, [NotNullWhen(true)] out SharedChannel? channel)
    {
        ArgumentNullException.ThrowIfNull(key);
        channel = null;
        lock (_lock)
        {
            if (_entries.ContainsKey(key))
                return false;
        }

        // Memory is made without the lock; if somebody was quicker, this goes again.
        var entry = new Entry(SharedMemoryFile.Create(size, "lodge-channel"));
        lock (_lock)
        {
            if (_entries.TryAdd(key, entry))
            {
                channel = new SharedChannel(entry.File, () => LetGo(key, entry));
                return true;
            }
        }

        entry.File.Dispose();
        return false;
    }

    /// <summary>Takes the other side of what was published under a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="channel">The subscriber's side: the same memory.</param>
    /// <returns>False where nothing is published under the key, or its other side is taken.</returns>
    public bool TrySubscribe(TKey key, [NotNullWhen(true)] out SharedChannel? channel)
    {
        ArgumentNullException.ThrowIfNull(key);
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out Entry? entry) || entry.IsSubscribed)
            {
                channel = null;
                return false;
            }

            entry.IsSubscribed = true;
            entry.Sides++;
            channel = new SharedChannel(entry.File, () => LetGo(key, entry));
            return true;
        }
    }

    private void LetGo(TKey key, Entry entry)
    {
        lock (_lock)
        {
            if (--entry.Sides != 0)
                return;

            _entries.Remove(key);
        }

        entry.File.Dispose();
    }

    private sealed class Entry(SharedMemoryFile file)
    {
        public SharedMemoryFile File { get; } = file;

        public int Sides { get; set; } = 1;

        public bool IsSubscribed { get; set; }
    }
}
