namespace Lodge.Paging.Tests;

/// <summary>A kind of table, of which any number of cases can be generated.</summary>
/// <param name="Name">What a failure calls it.</param>
/// <param name="Make">Makes a case; the flag says whether the processor is to keep accessed and dirty bits.</param>
internal sealed record WalkVariant(string Name, Func<Random, bool, WalkCase> Make);
