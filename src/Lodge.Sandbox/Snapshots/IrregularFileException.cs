namespace Lodge.Sandbox;

/// <summary>What is there is no regular file.</summary>
internal sealed class IrregularFileException(string path, string what) : IOException($"{path} is {what}, and no regular file.")
{
    /// <summary>What it is.</summary>
    public string What { get; } = what;
}
