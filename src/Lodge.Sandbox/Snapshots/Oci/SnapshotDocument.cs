namespace Lodge.Sandbox;

/// <summary>What a stored snapshot is, but for its memory: the config of its manifest.</summary>
/// <remarks>Addresses and registers are written as hexadecimal strings, sizes in bytes as numbers.</remarks>
internal sealed record SnapshotDocument
{
    /// <summary>The version of this format.</summary>
    public const int CurrentVersion = 1;

    public const string MediaType = "application/vnd.lodge.snapshot.v1+json";
    public const string MemoryMediaType = "application/vnd.lodge.snapshot.memory.v1";
    public const string TablesMediaType = "application/vnd.lodge.snapshot.tables.v1";
    public const string BinaryMediaType = "application/vnd.lodge.snapshot.elf.v1";

    public required int FormatVersion { get; init; }

    public required SizesDocument Sizes { get; init; }

    public required EntryDocument Entry { get; init; }

    public required long Generation { get; init; }

    /// <summary>The layers, by guest-physical address.</summary>
    public required List<MemoryDocument> Memory { get; init; }

    /// <summary>The digest of the page tables.</summary>
    public required string PageTables { get; init; }

    /// <summary>The vCPU; nothing for the state in which guests begin.</summary>
    public CpuDocument? Cpu { get; init; }

    /// <summary>The guest's binary, for its names.</summary>
    public BinaryDocument? Binary { get; init; }

    /// <summary>Where the guest is entered.</summary>
    public sealed record EntryDocument
    {
        public required ulong Address { get; init; }

        public required ulong StackPointer { get; init; }

        public required bool IsInitialized { get; init; }

        public static EntryDocument Of(GuestEntry entry) => new()
        {
            Address = entry.Address,
            StackPointer = entry.StackPointer,
            IsInitialized = entry.IsInitialized,
        };

        public GuestEntry ToEntry() => new(Address, StackPointer, IsInitialized);
    }

    /// <summary>The sizes that decide the layout, in bytes.</summary>
    public sealed record SizesDocument
    {
        public required long Code { get; init; }

        public required long Heap { get; init; }

        public required long InitData { get; init; }

        public required List<long> MappedFiles { get; init; }

        public required long Input { get; init; }

        public required long Output { get; init; }

        public required long Scratch { get; init; }

        public static SizesDocument Of(SandboxSizes sizes) => new()
        {
            Code = (long)sizes.Code,
            Heap = (long)sizes.Heap,
            InitData = (long)sizes.InitData,
            MappedFiles = [.. sizes.MappedFiles.Select(static bytes => (long)bytes)],
            Input = (long)sizes.Input,
            Output = (long)sizes.Output,
            Scratch = (long)sizes.Scratch,
        };

        public SandboxSizes ToSizes() => new()
        {
            Code = (ulong)Code,
            Heap = (ulong)Heap,
            InitData = (ulong)InitData,
            MappedFiles = [.. MappedFiles.Select(static bytes => (ulong)bytes)],
            Input = (ulong)Input,
            Output = (ulong)Output,
            Scratch = (ulong)Scratch,
        };
    }

    /// <summary>A layer: what <see cref="SandboxRegion"/> says of it, and the digest of its content; none for zeros.</summary>
    public sealed record MemoryDocument
    {
        public required string Region { get; init; }

        public string? Digest { get; init; }
    }

    /// <summary>What a vCPU keeps between calls.</summary>
    public sealed record CpuDocument
    {
        public required SystemRegisters System { get; init; }

        public required DebugRegisters Debug { get; init; }

        /// <summary>Model-specific registers, by their numbers in hexadecimal.</summary>
        public required Dictionary<string, ulong> ModelSpecific { get; init; }
    }

    /// <summary>The guest's ELF file, and by how much it was moved when it was loaded.</summary>
    public sealed record BinaryDocument
    {
        public required string Digest { get; init; }

        public required ulong Slide { get; init; }
    }
}
