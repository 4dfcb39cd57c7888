using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;

namespace Lodge.Fuzz;

/// <summary>The input that is run, in a mapped file: what ends the process at once, as an overflow of the stack does, leaves it
/// there.</summary>
internal sealed class CurrentInput : IDisposable
{
    private readonly string _path;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly int _mostBytes;
    private int _length;

    /// <summary>A file in a folder, which is overwritten.</summary>
    public CurrentInput(string folder, string target, int mostBytes)
    {
        Directory.CreateDirectory(folder);
        _path = Path.Combine(folder, $"{target}-current");
        _mostBytes = mostBytes;
        _file = MemoryMappedFile.CreateFromFile(_path, FileMode.Create, null, mostBytes + sizeof(int));
        _view = _file.CreateViewAccessor();
    }

    /// <summary>Reads such a file: four bytes with the length, and the input.</summary>
    public static bool TryRead(byte[] file, out byte[] input)
    {
        int length = file.Length < sizeof(int) ? -1 : BinaryPrimitives.ReadInt32LittleEndian(file);
        bool isWhole = length >= 0 && length <= file.Length - sizeof(int);
        input = isWhole ? file[sizeof(int)..(sizeof(int) + length)] : [];
        return isWhole;
    }

    public void Set(byte[] input)
    {
        _length = Math.Min(input.Length, _mostBytes);
        _view.Write(0, _length);
        _view.WriteArray(sizeof(int), input, 0, _length);
    }

    /// <summary>Where nothing has gone wrong, nothing is left.</summary>
    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
        File.Delete(_path);
    }
}
