namespace Lodge.Machines;

/// <summary>A processor that does not run and that nobody serves, until this is disposed of.</summary>
internal readonly ref struct IdleHold(Processor processor)
{
    public void Dispose() => processor.GiveBack();
}
