using Xunit;

namespace Lodge.EndToEnd.Tests;

/// <summary>What was found to differ from what QEMU says. All of it is counted, and the first of it shown.</summary>
internal sealed class Disagreements
{
    private const int Shown = 20;

    private readonly List<string> _first = [];
    private int _count;

    public void Add(string disagreement)
    {
        if (_count++ < Shown)
            _first.Add(disagreement);
    }

    public void AssertNone() => Assert.True(_count == 0, $"{_count} disagreements:\n{string.Join('\n', _first)}");
}
