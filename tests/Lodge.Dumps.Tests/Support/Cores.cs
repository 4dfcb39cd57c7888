using Xunit;

namespace Lodge.Dumps.Tests;

/// <summary>Cores in memory.</summary>
internal static class Cores
{
    public static ElfFile Write(IMemoryImage image, out CoreDumpResult result, CoreDumpOptions? options = null)
    {
        var stream = new MemoryStream();
        result = CoreDump.Write(image, stream, options, TestContext.Current.CancellationToken);
        Assert.Equal(result.FileBytes, stream.Length);
        return ElfFile.FromBytes(stream.ToArray());
    }

    public static ElfSegment[] Loads(ElfFile file)
        => [.. file.Segments.Where(static segment => segment.Type == ElfSegmentType.Load)];

    public static byte[] Note(ElfFile file, string owner, uint type)
        => Assert.Single(file.Notes, note => note.Owner == owner && note.Type == type).Content.ToArray();
}
