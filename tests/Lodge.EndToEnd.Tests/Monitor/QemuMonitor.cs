using System.Globalization;
using System.Text.Json.Nodes;
using Lodge.Paging;

namespace Lodge.EndToEnd.Tests;

/// <summary>What QEMU says of a guest that stands still, as values.</summary>
internal sealed class QemuMonitor
{
    private const string Translated = "gpa: 0x";
    private const string PhysicalValue = ": 0x";
    private const string NotTranslated = "Unmapped";

    private readonly QmpConnection _connection;

    public QemuMonitor(QmpConnection connection) => _connection = connection;

    public Task StopAsync(CancellationToken cancellation) => _connection.ExecuteAsync("stop", [], cancellation);

    public async Task<X64Registers> ReadRegistersAsync(CancellationToken cancellation)
        => RegisterList.Parse(await _connection.ExecuteLineAsync("info registers", cancellation));

    /// <summary>Every page that the tables map, in ascending order.</summary>
    public async Task<TlbLine[]> ReadPagesAsync(CancellationToken cancellation)
        => [.. LinesOf(await _connection.ExecuteLineAsync("info tlb", cancellation)).Select(TlbLine.Parse)];

    /// <summary>Every range that the tables map, in ascending order.</summary>
    /// <remarks>Of four levels only: with five, QEMU 7.2 (and later ones) takes entries that are present for absent ones and the
    /// other way round, so that it says nothing and takes long for it.</remarks>
    public async Task<ListedRange[]> ReadRangesAsync(CancellationToken cancellation)
        => [.. LinesOf(await _connection.ExecuteLineAsync("info mem", cancellation)).Select(ListedRange.Parse)];

    /// <summary>Where an address leads to, or nothing if it is not mapped.</summary>
    public async Task<ulong?> TranslateAsync(ulong address, CancellationToken cancellation)
    {
        string answer = (await _connection.ExecuteLineAsync($"gva2gpa 0x{address:x}", cancellation)).Trim();
        if (answer == NotTranslated)
            return null;

        return answer.StartsWith(Translated, StringComparison.Ordinal)
            ? ulong.Parse(answer.AsSpan(Translated.Length), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            : throw new FormatException($"Not an answer of gva2gpa: {answer}");
    }

    /// <summary>The 8 bytes at a physical address, as an integer.</summary>
    public async Task<ulong> ReadPhysicalAsync(ulong address, CancellationToken cancellation)
    {
        string answer = (await _connection.ExecuteLineAsync($"xp /1gx 0x{address:x}", cancellation)).Trim();
        return answer.Split(PhysicalValue) is [_, string value]
            ? ulong.Parse(value, NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            : throw new FormatException($"Not an answer of xp: {answer}");
    }

    /// <summary>Writes the guest's bytes at a virtual address to a file.</summary>
    public Task SaveAsync(ulong address, int size, string path, CancellationToken cancellation)
        => _connection.ExecuteAsync(
            "memsave", new JsonObject { ["val"] = (long)address, ["size"] = size, ["filename"] = path }, cancellation);

    private static string[] LinesOf(string text)
        => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
