namespace Lodge.Memory.Tests;

/// <summary>An IOMMU that answers what a test says, and counts how often it is asked.</summary>
internal sealed class ScriptedIommu(Func<GuestAddress, MemoryAccess, IommuMapping?> answer) : IIommu
{
    private int _asked;

    public int Asked => Volatile.Read(ref _asked);

    public bool TryTranslate(GuestAddress address, MemoryAccess access, out IommuMapping mapping)
    {
        Interlocked.Increment(ref _asked);
        IommuMapping? given = answer(address, access);
        mapping = given.GetValueOrDefault();
        return given is not null;
    }
}
