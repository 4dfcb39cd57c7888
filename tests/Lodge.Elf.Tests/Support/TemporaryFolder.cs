namespace Lodge.Elf.Tests;

/// <summary>A folder that goes when the test is over.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("lodge-").FullName;

    public string PathOf(string name) => Path.Combine(_path, name);

    public string Write(string name, ReadOnlySpan<byte> bytes)
    {
        File.WriteAllBytes(PathOf(name), bytes);
        return PathOf(name);
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
