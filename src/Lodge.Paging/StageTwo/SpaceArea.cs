namespace Lodge.Paging;

/// <summary>A part of a <see cref="StageTwoSpace"/> that is mapped in one way.</summary>
/// <param name="Range">Its guest-physical addresses.</param>
/// <param name="Kind">Where its memory comes from.</param>
/// <param name="Target">Of a linear area, where its first address leads; else 0.</param>
/// <param name="Attributes">What its pages allow, and their memory type.</param>
public readonly record struct SpaceArea(GuestRange Range, SpaceAreaKind Kind, GuestAddress Target, PageAttributes Attributes)
{
    /// <summary>A part of the area.</summary>
    internal SpaceArea Part(GuestRange part)
        => this with { Range = part, Target = Kind == SpaceAreaKind.Linear ? Target + (part.Start - Range.Start) : Target };
}
