namespace Lodge.Elf;

/// <summary>A file is not an ELF file that can be used: malformed, cut short, of another kind, or beyond a limit. The message
/// says which header, which field, its value, and what is allowed.</summary>
/// <remarks>Failures of the system's (a file that is not there, a disk that cannot be read) are <see cref="IOException"/> and the
/// like, as anywhere.</remarks>
public sealed class ElfException : Exception
{
    /// <summary>An exception without facts.</summary>
    public ElfException()
        : this("The ELF file is malformed.")
    {
    }

    /// <summary>The exception with a message.</summary>
    public ElfException(string message)
        : base(message)
    {
    }

    /// <summary>The exception with a message, and what caused it.</summary>
    public ElfException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal ElfException(string? file, string message)
        : base(file is null ? message : $"{file}: {message}") => File = file;

    /// <summary>The file's path, as it was given; null where the bytes came from memory.</summary>
    public string? File { get; }
}
