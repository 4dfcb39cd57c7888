namespace Lodge.Memory.Tests;

/// <summary>A space that passes on what another one says, and from some call on does not keep to the contract.</summary>
/// <param name="inner">The space that tells the truth.</param>
/// <param name="honestCalls">How many calls are answered properly first.</param>
/// <param name="lie">What it does after that.</param>
internal sealed class LyingSpace(IAddressSpace inner, int honestCalls, SpaceLie lie) : IAddressSpace
{
    // Who is lied to for ever has to give up some time; this is where the test does instead.
    private const int MostCalls = 10_000;

    private int _calls;

    public bool HasLied => _calls > honestCalls;

    public bool TryGetSlice(GuestAddress address, ulong length, MemoryAccess access, out GuestSlice slice, out AccessFault fault)
    {
        if (++_calls > MostCalls)
            throw new TimeoutException("The space was asked again and again.");

        if (_calls <= honestCalls)
            return inner.TryGetSlice(address, length, access, out slice, out fault);

        switch (lie)
        {
            case SpaceLie.EmptySlice:
                slice = default;
                fault = default;
                return true;
            case SpaceLie.LongerSlice:
                return inner.TryGetSlice(address, length * 2, access, out slice, out fault);
            default:
                return inner.TryGetSlice(address, length, MemoryAccess.Read, out slice, out fault);
        }
    }
}
