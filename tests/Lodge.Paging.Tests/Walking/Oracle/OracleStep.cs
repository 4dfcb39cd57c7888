namespace Lodge.Paging.Tests;

/// <summary>An entry that an oracle read, or a value that it says a processor writes.</summary>
internal readonly record struct OracleStep(int Level, ulong EntryAddress, ulong Entry)
{
    public override string ToString() => $"level {Level} at 0x{EntryAddress:x}: 0x{Entry:x}";
}
