namespace Lodge.Paging.Tests;

/// <summary>A space that answers so many questions and then has enough: what would go on for hours ends with an exception.</summary>
internal sealed class PatientSpace(IAddressSpace inner, long mostCalls) : IAddressSpace
{
    private long _calls;

    public long Calls => _calls;

    public bool TryGetSlice(GuestAddress address, ulong length, MemoryAccess access, out GuestSlice slice, out AccessFault fault)
        => ++_calls <= mostCalls
            ? inner.TryGetSlice(address, length, access, out slice, out fault)
            : throw new TimeoutException($"The space was asked more than {mostCalls} times.");
}
