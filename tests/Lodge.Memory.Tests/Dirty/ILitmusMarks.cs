namespace Lodge.Memory.Tests;

/// <summary>A page that one thread writes and another copies when it is marked.</summary>
internal interface ILitmusMarks
{
    /// <summary>Writes the page's value, then marks the page.</summary>
    void Write(ulong value);

    /// <summary>Takes the mark; whether there was one.</summary>
    bool Harvest();

    /// <summary>The page's value.</summary>
    ulong Copy();
}
