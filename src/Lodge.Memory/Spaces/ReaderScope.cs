namespace Lodge.Memory;

/// <summary>A stretch of work on a space during which what it found there stays in use. See <see cref="ReaderScopes"/>.</summary>
/// <remarks>Begin one with <c>using var scope = space.Enter();</c>. It lives on the stack of the thread that began it.</remarks>
public readonly ref struct ReaderScope
{
    private readonly ReaderScopes.ThreadSlots? _slots;
    private readonly int _slot;

    internal ReaderScope(ReaderScopes.ThreadSlots slots, int slot)
    {
        _slots = slots;
        _slot = slot;
    }

    /// <summary>Ends the scope.</summary>
    public void Dispose() => _slots?.Leave(_slot);
}
