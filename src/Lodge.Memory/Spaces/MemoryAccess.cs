namespace Lodge.Memory;

/// <summary>Ways to use memory: what an access wants, and what a region, page or view allows.</summary>
[Flags]
public enum MemoryAccess : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Reading data.</summary>
    Read = 1,

    /// <summary>Writing data.</summary>
    Write = 2,

    /// <summary>Fetching instructions.</summary>
    Execute = 4,

    /// <summary>Reading and writing.</summary>
    ReadWrite = Read | Write,

    /// <summary>Reading and executing.</summary>
    ReadExecute = Read | Execute,

    /// <summary>Everything.</summary>
    All = Read | Write | Execute,
}
