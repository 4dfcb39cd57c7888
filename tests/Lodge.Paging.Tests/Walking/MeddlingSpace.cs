namespace Lodge.Paging.Tests;

/// <summary>A space in which somebody is always just in time: before memory is handed out to be written, it is changed.</summary>
/// <param name="inner">The memory.</param>
/// <param name="meddle">Changes it; is told how often it did before.</param>
internal sealed class MeddlingSpace(IAddressSpace inner, Action<int> meddle) : IAddressSpace
{
    // Whoever tries again for ever has to give up some time; this is where the test does instead.
    private const int MostWrites = 10_000;

    public int Writes { get; private set; }

    public bool TryGetSlice(GuestAddress address, ulong length, MemoryAccess access, out GuestSlice slice, out AccessFault fault)
    {
        if ((access & MemoryAccess.Write) != 0)
        {
            if (Writes == MostWrites)
                throw new TimeoutException("The space was written again and again.");

            meddle(Writes++);
        }

        return inner.TryGetSlice(address, length, access, out slice, out fault);
    }
}
