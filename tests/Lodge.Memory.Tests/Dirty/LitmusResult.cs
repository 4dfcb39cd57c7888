namespace Lodge.Memory.Tests;

/// <summary>How many rounds a litmus test made, and whether a write was lost in the last.</summary>
internal readonly record struct LitmusResult(long Rounds, bool Lost);
