namespace Lodge.EndToEnd.Tests;

/// <summary>How many levels a guest's page tables have.</summary>
public enum PagingDepth
{
    /// <summary>Four levels, 48 bits of address. The guest's kernel lies where it was linked to.</summary>
    FourLevels = 4,

    /// <summary>Five levels, 57 bits of address. The guest's kernel lies somewhere else at each boot.</summary>
    FiveLevels = 5,
}
