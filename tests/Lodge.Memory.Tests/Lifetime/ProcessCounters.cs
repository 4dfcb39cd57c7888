using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Lodge.Memory.Tests;

/// <summary>What this process, or the whole system, has in use.</summary>
internal static class ProcessCounters
{
    /// <summary>The lines of <c>/proc/self/maps</c>. Counting them allocates next to nothing, so that it causes no collection.</summary>
    public static int Mappings
    {
        get
        {
            Span<byte> buffer = stackalloc byte[4096];
            using SafeFileHandle maps = File.OpenHandle("/proc/self/maps");
            int lines = 0;
            for (long offset = 0; RandomAccess.Read(maps, buffer, offset) is > 0 and int read; offset += read)
                lines += buffer[..read].Count((byte)'\n');

            return lines;
        }
    }

    public static int Descriptors => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    /// <summary>Private memory of this process that is present, in bytes.</summary>
    public static long ResidentAnonymousBytes => ReadKilobytes("/proc/self/status", "RssAnon:");

    /// <summary>Shared memory of the whole system that is present, in bytes.</summary>
    public static long SharedMemoryBytes => ReadKilobytes("/proc/meminfo", "Shmem:");

    private static long ReadKilobytes(string path, string name)
    {
        string line = File.ReadLines(path).First(candidate => candidate.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
    }
}
