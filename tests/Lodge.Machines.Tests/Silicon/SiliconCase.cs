using Iced.Intel;

namespace Lodge.Machines.Tests.Silicon;

/// <summary>Code with everything that it begins with.</summary>
internal sealed record SiliconCase
{
    /// <summary>The instructions, as bytes.</summary>
    public required byte[] Code { get; init; }

    /// <summary>Where they begin in the code pages.</summary>
    public required int CodeOffset { get; init; }

    /// <summary>The registers; RIP is where the code is.</summary>
    public required ProcessorState Start { get; init; }

    /// <summary>What the data pages have in place of the background.</summary>
    public IReadOnlyList<MemoryPatch> Patches { get; init; } = [];

    /// <summary>The instructions, decoded.</summary>
    public required IReadOnlyList<Instruction> Instructions { get; init; }

    public ulong CodeAddress => SiliconLayout.CodeStart + (ulong)CodeOffset;

    /// <summary>Where the code ends, if it goes straight on.</summary>
    public ulong CodeEnd => CodeAddress + (ulong)Code.Length;

    /// <summary>The instruction at an address, by its index; how many there are, where none is.</summary>
    public int IndexOf(ulong rip)
    {
        for (int i = 0; i < Instructions.Count; i++)
        {
            if (Instructions[i].IP == rip)
                return i;
        }

        return Instructions.Count;
    }

    /// <summary>The data as it is before the case.</summary>
    public byte[] Data()
    {
        byte[] data = SiliconLayout.Background.ToArray();
        foreach (MemoryPatch patch in Patches)
            patch.Bytes.CopyTo(data, patch.Offset);

        return data;
    }
}
