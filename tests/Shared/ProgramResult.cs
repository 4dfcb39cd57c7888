namespace Lodge.Tests;

/// <summary>How a program ended, and what it wrote.</summary>
internal readonly record struct ProgramResult(int Code, string Output, string Errors);
