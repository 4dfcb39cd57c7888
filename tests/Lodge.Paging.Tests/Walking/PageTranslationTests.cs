using Xunit;

namespace Lodge.Paging.Tests;

public sealed class PageTranslationTests
{
    // What a walk that failed leaves; a debugger shows it, and a log line may.
    [Fact]
    public void Default_CanBeShownAndAsked()
    {
        PageTranslation translation = default;
        Assert.NotEmpty(translation.ToString());
        Assert.Equal(PageRights.None, translation.Rights);
        Assert.True(translation.PageSize.Bytes >= 4096);
        Assert.True(translation.BytesInPage >= 1);
    }
}
