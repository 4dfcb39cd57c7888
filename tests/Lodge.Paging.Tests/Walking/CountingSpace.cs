namespace Lodge.Paging.Tests;

/// <summary>A space that keeps what it was asked for.</summary>
internal sealed class CountingSpace(IAddressSpace inner) : IAddressSpace
{
    private readonly List<SpaceCall> _calls = [];

    public IReadOnlyList<SpaceCall> Calls => _calls;

    public void Clear() => _calls.Clear();

    public bool TryGetSlice(GuestAddress address, ulong length, MemoryAccess access, out GuestSlice slice, out AccessFault fault)
    {
        bool isGranted = inner.TryGetSlice(address, length, access, out slice, out fault);
        _calls.Add(new SpaceCall(address.Value, length, access, isGranted));
        return isGranted;
    }
}
