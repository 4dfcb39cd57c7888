namespace Lodge.Machines;

/// <summary>What a processor translates addresses with in one regime.</summary>
internal sealed class RegimeWalkers(GuestMemory memory, TranslationRegime regime)
{
    private static readonly PageWalkerOptions UpdatingOptions = new() { AccessedDirty = AccessedDirty.Update };

    private readonly PageWalker _updating = new(memory, regime, UpdatingOptions);
    private PageWalker? _looking;

    public TranslationRegime Regime => regime;

    /// <summary>The one that leaves accessed and dirty bits as they are. It is seldom wanted, and guests may switch between
    /// tables without end.</summary>
    public PageWalker Looking => _looking ??= new PageWalker(memory, regime);

    /// <summary>Translates as processors do, with accessed and dirty bits.</summary>
    public bool TryTranslate(
        ulong address, MemoryAccess access, Privilege privilege, out PageTranslation translation, out PageWalkFailure failure)
    {
        while (true)
        {
            if (_updating.TryTranslate(address, access, privilege, out translation, out failure))
                return true;

            // Tables in memory that is not writable keep no accessed and dirty bits.
            if (failure.Kind == PageWalkFailureKind.TableNotWritable)
                return Looking.TryTranslate(address, access, privilege, out translation, out failure);

            if (failure.Kind != PageWalkFailureKind.Contended)
                return false;
        }
    }
}
