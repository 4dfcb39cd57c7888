namespace Lodge.EndToEnd.Tests;

/// <summary>A page that the tables map.</summary>
/// <param name="Start">Its first virtual address.</param>
/// <param name="Physical">Where that leads to.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Entry">The entry that maps it, as it is in memory.</param>
/// <param name="IsUser">Whether user space may use it, all levels taken together.</param>
/// <param name="IsWritable">Whether who may use it may write to it, all levels taken together.</param>
/// <param name="IsExecutable">Whether code may be fetched from it, all levels taken together.</param>
internal readonly record struct MappedPage(
    ulong Start, ulong Physical, ulong Size, ulong Entry, bool IsUser, bool IsWritable, bool IsExecutable);
