using System.Globalization;

namespace Lodge.Benchmarks.Quick;

/// <summary>The results as lines for people.</summary>
internal static class QuickTable
{
    public static void WriteHead(TextWriter writer)
        => Write(writer, "row", "ns", "baseline ns", "ratio", "alloc B", "wanted", "", "measured");

    public static void WriteRow(TextWriter writer, QuickRow row, QuickResult result)
        => Write(
            writer,
            result.Name,
            result.Value is null ? Number(result.Nanoseconds) : $"{Number(result.Value)}",
            Number(result.BaselineNanoseconds),
            Number(result.Ratio),
            result.AllocatedBytes.ToString(CultureInfo.InvariantCulture),
            row.Target?.ToString() ?? "-",
            row.Target is null ? "" : row.Target.IsReachedBy(result) ? "reached" : "MISSED",
            result.Value is null ? result.Remarks : $"(in {result.Unit}, no time)");

    public static void WriteMissing(TextWriter writer, QuickRow row)
        => Write(writer, row.Name, "-", "-", "-", "-", "-", "skipped", row.MissingBecause!);

    public static void WriteFoot(TextWriter writer, int rows, TimeSpan elapsed)
        => writer.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{rows} rows in {elapsed.TotalSeconds:F1} s. Times are medians, ratios medians of pairs; \"wanted\" is for a quiet machine."));

    private static void Write(
        TextWriter writer, string name, string time, string baseline, string ratio, string allocated, string wanted, string mark, string remarks)
        => writer.WriteLine(
            $"{name,-45} {time,9} {baseline,11} {ratio,6} {allocated,7} {wanted,-13} {mark,-7} {remarks}".TrimEnd());

    private static string Number(double? value)
        => value?.ToString(value < 10 ? "F2" : value < 1000 ? "F1" : "N0", CultureInfo.InvariantCulture) ?? "-";
}
