namespace Lodge.Cli;

/// <summary>A file to be written.</summary>
/// <param name="Name">Below the folder that is made, with <c>/</c> between folders.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record NewFile(string Name, byte[] Content);
