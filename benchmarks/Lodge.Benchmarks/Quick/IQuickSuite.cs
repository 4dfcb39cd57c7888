namespace Lodge.Benchmarks.Quick;

/// <summary>The rows of one library. To add a library, write one of these and name it in <see cref="QuickSuites"/>.</summary>
internal interface IQuickSuite
{
    /// <summary>The rows in the order in which they are shown. Their names begin with the library's, as in <c>memory/</c>.
    /// Nothing is set up before a row's work is asked for.</summary>
    IEnumerable<QuickRow> GetRows();
}
