namespace Lodge.Cli;

/// <summary>How far two words are from each other.</summary>
internal static class EditDistance
{
    /// <summary>How many letters have to be added, left out or replaced; large and small ones are the same.</summary>
    public static int Between(string one, string other)
    {
        // The distances of the letters of one so far to each beginning of the other.
        int[] row = [.. Enumerable.Range(0, other.Length + 1)];
        for (int i = 0; i < one.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i + 1;
            for (int j = 0; j < other.Length; j++)
            {
                int replaced = diagonal + (char.ToUpperInvariant(one[i]) == char.ToUpperInvariant(other[j]) ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(replaced, Math.Min(row[j], row[j + 1]) + 1);
            }
        }

        return row[^1];
    }
}
