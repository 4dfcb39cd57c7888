using System.Globalization;

namespace Lodge.Memory.Tests;

/// <summary>What this process, or the whole system, has in use.</summary>
internal static class ProcessCounters
{
    public static int Mappings => AddressSpaceMap.Read().Count;

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
