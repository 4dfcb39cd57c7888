namespace Lodge.Machines;

/// <summary>A region whose pages were seen to be where it has them.</summary>
internal struct VerifiedRegion
{
    public CompiledRegion? Region;

    public ulong Stamp;
}
