namespace Lodge.Dumps.Tests;

/// <summary>A stream that only goes forward, as a pipe, and may fail on the way.</summary>
internal sealed class ForwardOnly(Stream inner, long failsAfter = long.MaxValue) : PipeStream
{
    private long _written;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _written += buffer.Length;
        if (_written > failsAfter)
            throw new IOException("The pipe is broken.");

        inner.Write(buffer);
    }
}
