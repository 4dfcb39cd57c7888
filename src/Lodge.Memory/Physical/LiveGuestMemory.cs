using System.Runtime.CompilerServices;

namespace Lodge.Memory;

/// <summary>The guest memory of a machine whose map changes while it runs: memory plugged in, regions taken away.</summary>
/// <remarks>
/// <para>Readers take the current map with one reference read and keep it for as long as they like; what they took never changes.
/// Writers replace it. A reader that took the old map may still use regions that the new one lacks: they stay mapped.</para>
/// <para>Where somebody has to know that nobody uses the old map any more, readers work inside a scope
/// (<c>using var scope = live.Enter();</c>), and the writer waits with <see cref="WaitForReaders"/> after it has replaced the
/// map. Reading outside of a scope is safe, but not waited for. Thread-safe.</para>
/// </remarks>
public sealed class LiveGuestMemory : IAddressSpace, IAudited
{
    private readonly ReaderScopes _readers = new();
    private GuestMemory _current;

    /// <summary>Starts with a map.</summary>
    public LiveGuestMemory(GuestMemory initial)
    {
        ArgumentNullException.ThrowIfNull(initial);
        _current = initial;
    }

    AccessAuditor? IAudited.Auditor => ((IAudited)Current).Auditor;

    /// <summary>The map of this moment.</summary>
    public GuestMemory Current
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref _current);
    }

    /// <summary>Puts another map in place of the current one.</summary>
    /// <returns>The map that was current until now.</returns>
    public GuestMemory Replace(GuestMemory memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        return Interlocked.Exchange(ref _current, memory);
    }

    /// <summary>Puts in place of the current map what <paramref name="change"/> makes of it. If somebody else was quicker, the
    /// change is made again to their map, so it should do nothing but make the new one.</summary>
    /// <returns>The map that is current now.</returns>
    public GuestMemory Update(Func<GuestMemory, GuestMemory> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        while (true)
        {
            GuestMemory before = Current;
            GuestMemory after = change(before);
            ArgumentNullException.ThrowIfNull(after, nameof(change));
            if (ReferenceEquals(Interlocked.CompareExchange(ref _current, after, before), before))
                return after;
        }
    }

    /// <summary>Begins a stretch of work that <see cref="WaitForReaders"/> waits for. Take <see cref="Current"/> inside of it.
    /// A thread may be in 16 scopes at a time.</summary>
    public ReaderScope Enter() => _readers.Enter();

    /// <summary>Waits until every scope that began before this call has ended: then nobody in a scope uses an earlier
    /// map.</summary>
    /// <param name="timeout">How long to wait at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <returns>Whether they have ended in time.</returns>
    /// <exception cref="InvalidOperationException">The calling thread is in such a scope itself.</exception>
    public bool WaitForReaders(TimeSpan timeout) => _readers.WaitForReaders(timeout);

    /// <inheritdoc/>
    public bool TryGetSlice(GuestAddress address, ulong length, MemoryAccess access, out GuestSlice slice, out AccessFault fault)
        => Current.TryGetSlice(address, length, access, out slice, out fault);
}
