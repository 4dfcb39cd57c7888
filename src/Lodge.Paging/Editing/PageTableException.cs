namespace Lodge.Paging;

/// <summary>A page table could not be changed.</summary>
public sealed class PageTableException : Exception
{
    /// <summary>An exception that says why.</summary>
    public PageTableException(PageEditFailure failure)
        : base(failure.ToString()) => Failure = failure;

    /// <summary>Why, and where.</summary>
    public PageEditFailure Failure { get; }
}
