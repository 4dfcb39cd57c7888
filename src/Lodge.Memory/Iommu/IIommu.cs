namespace Lodge.Memory;

/// <summary>Who knows the translations of I/O-virtual addresses: a virtual IOMMU, or the peer that has one.</summary>
public interface IIommu
{
    /// <summary>Finds the mapping of an address that the translation cache does not have, or has with fewer rights.</summary>
    /// <param name="address">The I/O-virtual address.</param>
    /// <param name="access">What a device wants to do there.</param>
    /// <param name="mapping">A mapping that holds the address.</param>
    /// <returns>Whether there is one. If not, the access ends in a <see cref="FaultKind.NotPresent"/> fault.</returns>
    /// <remarks>Called on the thread that makes the access, on several at once, and without a lock held. It may take long (it may
    /// ask another process), and should bound how long.</remarks>
    bool TryTranslate(GuestAddress address, MemoryAccess access, out IommuMapping mapping);
}
