namespace Lodge.Machines;

/// <summary>The kernel's log of a slot on its way into a bitmap.</summary>
internal static class KvmDirtyLog
{
    private const int PagesPerWord = 64;

    /// <summary>Marks in a bitmap what a log has.</summary>
    /// <param name="log">The log's words; the last is zero, and room for shifting. They are changed.</param>
    /// <param name="dirty">The bitmap, of 4 KiB pages.</param>
    /// <param name="offset">What the log's first bit stands for, in bytes: a multiple of 4 KiB.</param>
    public static void Merge(Span<ulong> log, DirtyBitmap dirty, ulong offset)
    {
        // Bitmaps take whole words, so a log that begins within one is shifted to where that one begins.
        ulong firstPage = offset / SlotRules.PageBytes;
        int shift = (int)(firstPage % PagesPerWord);
        if (shift != 0)
        {
            for (int i = log.Length - 1; i > 0; i--)
                log[i] = (log[i] << shift) | (log[i - 1] >> (PagesPerWord - shift));

            log[0] <<= shift;
        }

        dirty.Merge(log, (firstPage - (ulong)shift) * SlotRules.PageBytes);
    }
}
