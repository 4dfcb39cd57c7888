namespace Lodge.Sandbox;

/// <summary>A guest has died in the middle of a call: it gave up, crashed, or was stopped. The sandbox is poisoned.</summary>
public abstract class GuestStoppedException : SandboxException
{
    private protected GuestStoppedException(string message, GuestLocation location, Exception? innerException = null)
        : base(message, innerException)
    {
        Address = location.Address;
        Symbol = location.Symbol;
    }

    /// <summary>Where the guest was: the guest-virtual address of an instruction. Of a guest that gave up at an exception of the
    /// processor's it is the instruction that met it, as far as the guest's stack tells.</summary>
    public GuestAddress Address { get; }

    /// <summary>What the guest's file calls that place, as <c>parse+0x1c</c>; null where it has no name for it.</summary>
    public string? Symbol { get; }
}
