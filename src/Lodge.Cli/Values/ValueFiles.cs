using System.Text;

namespace Lodge.Cli;

/// <summary>Values that stand in files.</summary>
internal static class ValueFiles
{
    /// <summary>No guest's buffer takes more; devices that never end are not read for ever.</summary>
    public const int MostBytes = 256 << 20;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A file's bytes.</summary>
    /// <exception cref="IOException">It cannot be read, or is too long.</exception>
    public static byte[] ReadBytes(string path)
    {
        if (path.Length == 0)
            throw new UsageException("There is no file's name behind the @.");

        using FileStream file = File.OpenRead(path);
        using var read = new MemoryStream();
        var buffer = new byte[64 << 10];
        for (int count = file.Read(buffer); count != 0; count = file.Read(buffer))
        {
            if (read.Length + count > MostBytes)
                throw new IOException($"{path} has more than {MostBytes >> 20} MiB, which no guest takes.");

            read.Write(buffer, 0, count);
        }

        return read.ToArray();
    }

    /// <summary>A file's text.</summary>
    /// <exception cref="IOException">It cannot be read, is too long, or is no UTF-8.</exception>
    public static string ReadText(string path)
    {
        try
        {
            return Strict.GetString(ReadBytes(path));
        }
        catch (DecoderFallbackException)
        {
            throw new IOException($"{path} is not text in UTF-8; bytes:@{path} takes it as it is.");
        }
    }
}
