namespace Lodge.Machines;

/// <summary>A page of a region's code: where the guest has it, and which content it had.</summary>
internal readonly record struct RegionPage(ulong Address, CodePage Page, int Version);
