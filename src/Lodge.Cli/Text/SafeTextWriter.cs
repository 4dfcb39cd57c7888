using System.Text;

namespace Lodge.Cli;

/// <summary>Hands on what a guest prints, a terminal's orders spelled out.</summary>
internal sealed class SafeTextWriter(TextWriter target) : TextWriter
{
    public override Encoding Encoding => target.Encoding;

    public override void Write(char value) => Write([value]);

    public override void Write(ReadOnlySpan<char> buffer) => target.Write(SafeText.Lines(new string(buffer)));

    public override void Flush() => target.Flush();
}
