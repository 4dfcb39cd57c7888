namespace Lodge.Sandbox;

/// <summary>A file that a guest finds in its memory.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="IsTrusted">Whether it is mapped as it lies, and not copied.</param>
internal sealed record MappedFile(string Path, bool IsTrusted);
