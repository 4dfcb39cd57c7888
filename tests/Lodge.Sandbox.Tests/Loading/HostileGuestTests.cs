using Xunit;

namespace Lodge.Sandbox.Tests;

/// <summary>Whatever the bytes, only <see cref="GuestBinaryException"/> comes out, soon, and little more is allocated than an
/// image may have.</summary>
public sealed class HostileGuestTests
{
    private const long MostBytes = 64 << 10;
    private const long MostAllocated = MostBytes + (1 << 20);

    private static readonly byte[][] Samples =
    [
        new SmallGuest().ToArray(),
        new SmallGuest { Type = Elf.ElfType.Executable, Base = 0x4000 }.ToArray(),
    ];

    [Fact]
    public void FileCutShort_AtEveryByte_IsRefused()
        => HostileInput.WithinAMinute(() =>
        {
            foreach (byte[] sample in Samples)
            {
                Assert.False(IsRefused(sample, () => "A sample"));
                for (int length = 0; length < sample.Length; length++)
                {
                    int cut = length;
                    Assert.True(IsRefused(sample.AsMemory(0, length), () => $"Cut to {cut} bytes"), $"{cut} bytes are a guest.");
                }
            }
        });

    [Theory]
    [MemberData(nameof(GuestLoaderTests.Guests), MemberType = typeof(GuestLoaderTests))]
    public void GuestCutShort_AtEveryByteOfItsHeadersAndSomeOfTheOthers_IsRefusedOrLacksNothingOfItsImage(string name)
        => HostileInput.WithinAMinute(() =>
        {
            byte[] file = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "guests", name));
            for (int length = 0; length < file.Length; length += length < 0x800 ? 1 : 61)
            {
                int cut = length;
                IsRefused(file.AsMemory(0, length), () => $"{name} cut to {cut} bytes");
            }
        });

    [Fact]
    public void EveryField_AtItsExtremes_IsRefusedOrHarmless()
        => HostileInput.WithinAMinute(() =>
        {
            foreach (byte[] sample in Samples)
            {
                foreach ((byte[] bytes, string what) in HostileInput.WithExtremes(sample, 1, 2, 4, 8))
                    IsRefused(bytes, () => what);
            }
        });

    [Fact]
    public void RandomChanges_AreRefusedOrHarmless()
        => HostileInput.WithinAMinute(() => HostileInput.AtRandom((random, what) =>
        {
            byte[] bytes = (byte[])Samples[random.Next(Samples.Length)].Clone();
            HostileInput.Mutate(random, bytes);
            return IsRefused(bytes, what);
        }));

    private static bool IsRefused(ReadOnlyMemory<byte> file, Func<string> what)
        => HostileInput.IsRefused<GuestBinaryException>(
            () =>
            {
                GuestImage image = GuestLoader.Load(file, MostBytes);
                Assert.InRange(image.Bytes.Length, 1, MostBytes);
                Assert.InRange(image.Entry, 0x4000UL, 0x4000 + (ulong)image.Bytes.Length - 1);
                Assert.Contains(image.Parts, part => part.Range.Contains(image.Entry) && part.Access == MemoryAccess.ReadExecute);
                Assert.Contains($"0x{image.Entry:x}", $"{image.Symbols.Locate(image.Entry)}", StringComparison.Ordinal);
            },
            MostAllocated,
            what);
}
