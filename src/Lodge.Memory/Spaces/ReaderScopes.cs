using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Lodge.Memory;

/// <summary>Knows who is using a space right now, so that somebody who takes memory away can wait until nobody does.</summary>
/// <remarks>
/// <para>A reader says that it begins and ends with a store each, to a place of its own thread, and no fence. Who waits pays for
/// that: it makes every processor catch up (<see cref="Interlocked.MemoryBarrierProcessWide"/>), after which each scope is either
/// visible to it or begins after what it changed.</para>
/// <para>Each space has its own; a scope on one keeps nobody waiting on another. Spaces of this library that take memory away have
/// <c>Enter</c> and <c>WaitForReaders</c> of their own; a space that is written elsewhere makes one of these. Thread-safe.</para>
/// </remarks>
public sealed class ReaderScopes
{
    /// <summary>How many scopes one thread may have open at a time.</summary>
    public const int MostNested = 16;

    private static readonly Lock Registration = new();
    private static readonly List<WeakReference<ThreadSlots>> Threads = [];
    private static int LastId;

    [ThreadStatic]
    private static ThreadSlots? Mine;

    // A slot holds the space's number in its upper half and the epoch in which the scope began in its lower. 0 is no scope:
    // numbers start at 1.
    private readonly ulong _id = (ulong)(uint)Interlocked.Increment(ref LastId) << 32;
    private uint _epoch;

    /// <summary>Begins a stretch of work that <see cref="WaitForReaders"/> waits for. A thread may be in 16 scopes at a
    /// time.</summary>
    /// <exception cref="InvalidOperationException">The thread is in 16 scopes already.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReaderScope Enter()
    {
        ThreadSlots slots = Mine ?? Register();
        return new ReaderScope(slots, slots.Enter(_id | Volatile.Read(ref _epoch)));
    }

    /// <summary>Waits until every scope that began before this call has ended.</summary>
    /// <param name="timeout">How long to wait at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <returns>Whether they have ended in time.</returns>
    /// <exception cref="InvalidOperationException">The calling thread is in such a scope itself, and would wait for
    /// itself.</exception>
    public bool WaitForReaders(TimeSpan timeout)
    {
        // Scopes of the new epoch began after the change that the caller made before it called.
        uint epoch = Interlocked.Increment(ref _epoch);
        Interlocked.MemoryBarrierProcessWide();

        if (Mine is { } mine && mine.HasOlder(_id, epoch))
        {
            throw new InvalidOperationException(
                "The thread that waits for readers is in a scope of the same space: it would wait for itself.");
        }

        ThreadSlots[] threads = LiveThreads();
        long start = Stopwatch.GetTimestamp();
        foreach (ThreadSlots thread in threads)
        {
            SpinWait spin = default;
            while (thread.HasOlder(_id, epoch))
            {
                if (timeout != Timeout.InfiniteTimeSpan && Stopwatch.GetElapsedTime(start) >= timeout)
                    return false;

                spin.SpinOnce();
            }
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ThreadSlots Register()
    {
        var slots = new ThreadSlots();
        lock (Registration)
        {
            Threads.RemoveAll(static thread => !thread.TryGetTarget(out _));
            Threads.Add(new WeakReference<ThreadSlots>(slots));
        }

        Mine = slots;
        return slots;
    }

    private static ThreadSlots[] LiveThreads()
    {
        lock (Registration)
        {
            var live = new List<ThreadSlots>(Threads.Count);
            foreach (WeakReference<ThreadSlots> thread in Threads)
            {
                if (thread.TryGetTarget(out ThreadSlots? slots))
                    live.Add(slots);
            }

            return [.. live];
        }
    }

    /// <summary>The scopes of one thread. Only that thread writes here. What it left open when it ended is over.</summary>
    internal sealed class ThreadSlots
    {
        private readonly Thread _thread = Thread.CurrentThread;
        private readonly ulong[] _scopes = new ulong[MostNested];
        private int _count;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int Enter(ulong scope)
        {
            int slot = _count;
            if (slot >= MostNested)
                throw new InvalidOperationException($"A thread may be in {MostNested} scopes at a time.");

            _count = slot + 1;
            Volatile.Write(ref _scopes[slot], scope);
            return slot;
        }

        /// <summary>Ends a scope. The second time for the same scope does nothing, unless its slot is in use again.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Leave(int slot)
        {
            Volatile.Write(ref _scopes[slot], 0);

            // Scopes end in the reverse order of their beginning, but for somebody who disposes of them by hand.
            while (_count > 0 && _scopes[_count - 1] == 0)
                _count--;
        }

        public bool HasOlder(ulong id, uint epoch) => HasOlderSlot(id, epoch) && _thread.IsAlive;

        private bool HasOlderSlot(ulong id, uint epoch)
        {
            foreach (ref readonly ulong slot in _scopes.AsSpan())
            {
                ulong scope = Volatile.Read(in slot);
                if ((scope & ~(ulong)uint.MaxValue) == id && unchecked((int)((uint)scope - epoch)) < 0)
                    return true;
            }

            return false;
        }
    }
}
