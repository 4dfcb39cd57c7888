namespace Lodge.Sandbox;

/// <summary>A call into a sandbox did not give a result.</summary>
public abstract class SandboxException : Exception
{
    private string? _aboutCore;

    private protected SandboxException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>The file with the guest's core dump, where one was asked for
    /// (<see cref="SandboxOptions.CoreDumps"/>).</summary>
    public string? CorePath { get; private set; }

    /// <inheritdoc/>
    public override string Message => _aboutCore is null ? base.Message : $"{Sentence(base.Message)} {_aboutCore}";

    internal void SetCore(string path)
    {
        CorePath = path;
        _aboutCore = $"Its core dump is {path}.";
    }

    internal void SetNoCore(string problem) => _aboutCore = $"No core dump was written: {problem}";

    // A guest's own words may end in any way.
    private static string Sentence(string text) => text.EndsWith('.') ? text : text + ".";
}
