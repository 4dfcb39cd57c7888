using System.Globalization;
using Xunit;

namespace Lodge.Elf.Tests;

public sealed class HostileFileTests
{
    private static readonly ulong[] Extremes =
    [
        0, 1, 2, 7, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xff00, 0xfff1, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000,
        0xffff_fffe, 0xffff_ffff,
        0x1_0000_0000, 0x7fff_ffff_ffff_fff8, 0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, 0xffff_ffff_ffff_fff0,
        0xffff_ffff_ffff_fff8,
        0xffff_ffff_ffff_fffe, 0xffff_ffff_ffff_ffff,
    ];

    [Fact]
    public void WholeFile_RefusesNothing()
    {
        Assert.Equal(0, Everything.Ask(SmallElf.Create().Bytes));
        Assert.Equal(0, Everything.Ask(SmallElf.Create(withSections: false).Bytes));
    }

    /// <summary>All of them are refused, because the last bytes of the file are its section headers.</summary>
    [Fact]
    public void FileCutShort_AtEveryByte_IsRefusedInPart()
        => HostileInput.WithinAMinute(() =>
        {
            byte[] bytes = SmallElf.Create().Bytes;
            for (int length = 0; length < bytes.Length; length++)
            {
                int cut = length;
                Assert.NotEqual(0, HostileInput.Check(bytes.AsMemory(0, length), () => $"Cut to {cut} bytes"));
            }
        });

    [Fact]
    public void CoreCutShort_AtEveryByte_ThrowsOnlyElfExceptions()
        => HostileInput.WithinAMinute(() =>
        {
            SmallElf elf = SmallElf.Create();
            byte[] bytes = elf.With("e_type", (ulong)ElfType.Core);
            for (int length = 0; length < bytes.Length; length++)
            {
                int cut = length;
                HostileInput.Check(bytes.AsMemory(0, length), () => $"A core cut to {cut} bytes");
            }
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void EveryField_AtItsExtremes_ThrowsOnlyElfExceptions(bool withSections)
        => HostileInput.WithinAMinute(() =>
        {
            SmallElf elf = SmallElf.Create(withSections);
            foreach (Field field in elf.Fields)
            {
                foreach (ulong value in Values(elf, field))
                    HostileInput.Check(elf.With(field, value), () => $"{field} = 0x{value:x}");
            }
        });

    /// <summary>An offset and a size, an address and a size: what one field alone cannot do.</summary>
    [Fact]
    public void EveryTwoFieldsOfAHeader_AtTheirExtremes_ThrowOnlyElfExceptions()
        => HostileInput.WithinAMinute(() =>
        {
            SmallElf elf = SmallElf.Create();
            ulong[] values = [0, 1, 0x8000, 0xffff, 0x8000_0000, 0xffff_ffff, 1UL << 63, ulong.MaxValue - 7, ulong.MaxValue];
            string[] headers = ["e_", "segment[0].", "segment[2].", "segment[3].", "section[0].", "section[1].", "section[4]."];
            foreach (string prefix in headers)
            {
                Field[] fields = [.. elf.Fields.Where(field => field.Name.StartsWith(prefix, StringComparison.Ordinal))];
                for (int i = 0; i < fields.Length; i++)
                {
                    for (int j = i + 1; j < fields.Length; j++)
                        CheckPair(elf, fields[i], fields[j], values);
                }
            }
        });

    [Fact]
    public void RandomChanges_ThrowOnlyElfExceptions()
    {
        string? text = Environment.GetEnvironmentVariable("LODGE_RANDOM_SECONDS");
        TimeSpan time = TimeSpan.FromSeconds(text is null ? 1 : int.Parse(text, CultureInfo.InvariantCulture));
        int seed = text is null ? 20_240_917 : Environment.TickCount;
        var random = new Random(seed);
        SmallElf[] files = [SmallElf.Create(), SmallElf.Create(withSections: false)];
        long start = Environment.TickCount64;
        int count = 0;
        int refused = 0;
        while (Environment.TickCount64 - start < time.TotalMilliseconds || count < 2000)
        {
            SmallElf elf = files[random.Next(files.Length)];
            byte[] bytes = (byte[])elf.Bytes.Clone();
            for (int changes = random.Next(1, 5); changes > 0; changes--)
                Change(random, elf, bytes);

            count++;
            int number = count;
            refused += Math.Min(1, HostileInput.Check(bytes, () => $"Seed {seed}, file {number}"));
        }

        Assert.InRange(refused, count / 10, count - 1);
        TestContext.Current.SendDiagnosticMessage($"{count} files, {refused} refused in part");
    }

    private static void CheckPair(SmallElf elf, Field first, Field second, ulong[] values)
    {
        foreach (ulong one in values)
        {
            foreach (ulong other in values)
            {
                byte[] bytes = elf.With(first, one);
                SmallElf.Set(bytes, second, other);
                HostileInput.Check(bytes, () => $"{first} = 0x{one:x}, {second} = 0x{other:x}");
            }
        }
    }

    private static void Change(Random random, SmallElf elf, byte[] bytes)
    {
        Field field = elf.Fields[random.Next(elf.Fields.Count)];
        switch (random.Next(4))
        {
            case 0:
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                break;
            case 1:
                SmallElf.Set(bytes, field, Extremes[random.Next(Extremes.Length)]);
                break;
            case 2:
                SmallElf.Set(bytes, field, unchecked(ValueOf(elf, field) + (ulong)random.Next(-64, 65)));
                break;
            default:
                SmallElf.Set(bytes, field, ValueOf(elf, elf.Fields[random.Next(elf.Fields.Count)]));
                break;
        }
    }

    /// <summary>The extremes, what is next to the honest value, and offsets and addresses around the file's end.</summary>
    private static IEnumerable<ulong> Values(SmallElf elf, Field field)
    {
        ulong value = ValueOf(elf, field);
        ulong end = (ulong)elf.Bytes.Length;
        return [.. Extremes, unchecked(value - 1), value + 1, value * 2, unchecked(0 - value), end - 1, end, end + 1,
            SmallElf.Base + end - 1, SmallElf.Base + end, unchecked(0 - SmallElf.Base)];
    }

    private static ulong ValueOf(SmallElf elf, Field field)
    {
        Span<byte> word = stackalloc byte[8];
        word.Clear();
        elf.Bytes.AsSpan(field.Offset, field.Size).CopyTo(word);
        return BitConverter.ToUInt64(word);
    }
}
