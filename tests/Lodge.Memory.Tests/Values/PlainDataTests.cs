using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Xunit;

namespace Lodge.Memory.Tests;

// The structures are looked at and never filled.
#pragma warning disable CS0649

public sealed unsafe class PlainDataTests
{
    private enum Colour : ushort
    {
        Red,
    }

    private struct Sequential24
    {
        public ulong First;
        public uint Second;
        public Colour Third;
        public short Fourth;
        public double Fifth;
    }

    private struct Padded
    {
        public byte Small;
        public uint Large;
    }

    private struct PaddedAtTheEnd
    {
        public uint Large;
        public byte Small;
    }

    private struct HoldsPadded
    {
        public ulong First;
        public Padded Inner;
    }

    private struct HoldsFlag
    {
        public Wrapper<bool> Flag;
    }

    private struct HoldsNullable
    {
        public Guid? Id;
    }

    private struct Wrapper<T>
    {
        public T Content;
    }

    private struct Empty;

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct Packed
    {
        public byte Small;
        public uint Large;
    }

    [StructLayout(LayoutKind.Sequential, Size = 16)]
    private struct LongerThanItsFields
    {
        public ulong Value;
    }

    [StructLayout(LayoutKind.Explicit)]
    private struct ExplicitWithoutGap
    {
        [FieldOffset(0)]
        public uint Low;

        [FieldOffset(4)]
        public uint High;

        [FieldOffset(0)]
        public ulong Both;
    }

    [StructLayout(LayoutKind.Explicit)]
    private struct ExplicitWithGap
    {
        [FieldOffset(0)]
        public ushort Low;

        [FieldOffset(4)]
        public uint High;
    }

    // The fields' sizes add up to the structure's; only a look at the places finds the gap.
    [StructLayout(LayoutKind.Explicit, Size = 8)]
    private struct ExplicitWithOverlapAndGap
    {
        [FieldOffset(0)]
        public uint First;

        [FieldOffset(0)]
        public uint Same;
    }

    [StructLayout(LayoutKind.Explicit)]
    private struct ExplicitWithFlag
    {
        [FieldOffset(0)]
        public byte Number;

        [FieldOffset(0)]
        public bool Flag;
    }

    [InlineArray(5)]
    private struct FiveShorts
    {
        private short _element;
    }

    [InlineArray(3)]
    private struct ThreePadded
    {
        private Padded _element;
    }

    [InlineArray(3)]
    private struct ThreeFlags
    {
        private bool _element;
    }

    private struct FixedBuffer
    {
        public uint Count;
        public fixed uint Items[7];
    }

    private struct FixedBufferWithPadding
    {
        public uint Count;
        public fixed byte Items[7];
    }

    private struct FixedFlags
    {
        public fixed bool Items[4];
    }

    private struct HasPointer
    {
        public ulong First;
        public byte* Pointer;
    }

    private struct HasFunctionPointer
    {
        public delegate*<void> Function;
    }

    private struct HasNativeInteger
    {
        public nint Size;
    }

    [Fact]
    public void NumbersAndEnums_ArePlain()
    {
        AssertPlain<byte>();
        AssertPlain<sbyte>();
        AssertPlain<short>();
        AssertPlain<ulong>();
        AssertPlain<float>();
        AssertPlain<double>();
        AssertPlain<Half>();
        AssertPlain<Int128>();
        AssertPlain<UInt128>();
        AssertPlain<Colour>();
        AssertPlain<GuestAddress>();
        AssertPlain<Guid>();
        AssertPlain<Vector128<byte>>();
        AssertPlain<Vector3>();
    }

    [Fact]
    public void StructuresWithoutGaps_ArePlain()
    {
        AssertPlain<Sequential24>();
        AssertPlain<Packed>();
        AssertPlain<ExplicitWithoutGap>();
        AssertPlain<FiveShorts>();
        AssertPlain<FixedBuffer>();
        AssertPlain<Wrapper<BigEndian<ulong>>>();
        AssertPlain<(ulong, uint, Colour, short)>();
    }

    [Fact]
    public void Padding_IsRefused()
    {
        AssertRefused<Padded>("Padded", "3 bytes of padding in its 8");
        AssertRefused<PaddedAtTheEnd>("PaddedAtTheEnd", "3 bytes of padding in its 8");
        AssertRefused<HoldsPadded>("HoldsPadded.Inner", "3 bytes of padding");
        AssertRefused<LongerThanItsFields>("LongerThanItsFields", "8 bytes of padding in its 16");
        AssertRefused<ThreePadded>("ThreePadded._element", "3 bytes of padding");
        AssertRefused<FixedBufferWithPadding>("FixedBufferWithPadding", "1 bytes of padding in its 12");
        AssertRefused<(byte, ushort)>("ValueTuple", "1 bytes of padding in its 4");
    }

    [Fact]
    public void GapsInExplicitLayouts_AreRefused()
    {
        AssertRefused<ExplicitWithGap>("ExplicitWithGap", "2 bytes of padding in its 8");
        AssertRefused<ExplicitWithOverlapAndGap>("ExplicitWithOverlapAndGap", "4 bytes of padding in its 8");
    }

    [Fact]
    public void TypesOfWhichNotEveryPatternIsAValue_AreRefused()
    {
        AssertRefused<bool>("Boolean", "bool");
        AssertRefused<char>("Char", "char");
        AssertRefused<decimal>("Decimal", "not every pattern");
        AssertRefused<DateTime>("DateTime", "not every pattern");
        AssertRefused<HoldsFlag>("HoldsFlag.Flag.Content", "bool");
        AssertRefused<ExplicitWithFlag>("ExplicitWithFlag.Flag", "bool");
        AssertRefused<ThreeFlags>("ThreeFlags._element", "bool");
        AssertRefused<FixedFlags>("FixedFlags.Items", "bool");
        AssertRefused<HoldsNullable>("HoldsNullable.Id.hasValue", "bool");
        AssertRefused<LittleEndian<char>>("_stored", "char");
    }

    [Fact]
    public void TypesOfTheHostsPointerSize_AreRefused()
    {
        AssertRefused<nint>("IntPtr", "pointer");
        AssertRefused<nuint>("UIntPtr", "pointer");
        AssertRefused<HasPointer>("HasPointer.Pointer", "pointer");
        AssertRefused<HasFunctionPointer>("HasFunctionPointer.Function", "pointer");
        AssertRefused<HasNativeInteger>("HasNativeInteger.Size", "pointer");
        AssertRefused<LittleEndian<nint>>("_stored", "pointer");
    }

    [Fact]
    public void AnEmptyStructure_IsRefused() => AssertRefused<Empty>("Empty", "no fields");

    [Fact]
    public void EveryTypedAccess_RefusesWhatIsNotPlain()
    {
        using GuestMemory memory = GuestMemory.Anonymous(4096);
        IAddressSpace space = memory;
        SpaceView view = SpaceView.Of(memory, new GuestRange(0, 4096), MemoryAccess.All);

        foreach (ulong address in (ReadOnlySpan<ulong>)[0, 1, 1 << 20])
        {
            Assert.Throws<NotSupportedException>(() => memory.TryRead<bool>(address, out _, out _));
            Assert.Throws<NotSupportedException>(() => memory.Read<Padded>(address));
            Assert.Throws<NotSupportedException>(() => memory.TryWrite(address, true, out _));
            Assert.Throws<NotSupportedException>(() => memory.Write(address, default(Padded)));
            Assert.Throws<NotSupportedException>(() => memory.TryLoad<bool>(address, out _, out _));
            Assert.Throws<NotSupportedException>(() => memory.TryStore(address, 'a', out _));
            Assert.Throws<NotSupportedException>(() => memory.TryExchange(address, true, out _, out _));
            Assert.Throws<NotSupportedException>(() => memory.TryCompareExchange(address, true, false, out _, out _));
            Assert.Throws<NotSupportedException>(() => memory.TryFetchAdd<nint>(address, 1, out _, out _));
            Assert.Throws<NotSupportedException>(() => space.TryRead<bool>(address, out _, out _));
            Assert.Throws<NotSupportedException>(() => space.TryWrite(address, true, out _));
            Assert.Throws<NotSupportedException>(() => space.TryStore(address, default(Padded), out _));
            Assert.Throws<NotSupportedException>(() => view.TryRead<bool>(address, out _, out _));
            Assert.Throws<NotSupportedException>(() => view.TryExchange(address, 'a', out _, out _));
        }

        Assert.Throws<NotSupportedException>(() => memory.Regions[0].GetHostSlice().Read<bool>(0));
        Assert.Throws<NotSupportedException>(() => memory.Regions[0].GetHostSlice().Write(0, default(Padded)));
    }

    [Fact]
    public void Atomics_OfASizeThatNoProcessorHas_AreRefused()
    {
        using GuestMemory memory = GuestMemory.Anonymous(4096);
        IAddressSpace space = memory;
        foreach (ulong address in (ReadOnlySpan<ulong>)[0, 1, 1 << 20])
        {
            Assert.Throws<NotSupportedException>(() => memory.TryLoad<Int128>(address, out _, out _));
            Assert.Throws<NotSupportedException>(() => memory.TryStore(address, default(Sequential24), out _));
            Assert.Throws<NotSupportedException>(() => memory.TryExchange(address, default(Int128), out _, out _));
            Assert.Throws<NotSupportedException>(() => memory.TryFetchOr(address, default(UInt128), out _, out _));
            Assert.Throws<NotSupportedException>(() => memory.TryCompareExchange(address, default(Packed), default, out _, out _));
            Assert.Throws<NotSupportedException>(() => space.TryLoad<Packed>(address, out _, out _));
            Assert.Throws<NotSupportedException>(() => space.TryFetchAdd(address, default(Int128), out _, out _));
        }
    }

    private static void AssertPlain<T>() where T : unmanaged
    {
        PlainData.ThrowIfNot<T>();
        Assert.True(PlainData.IsPlain<T>());
    }

    private static void AssertRefused<T>(string field, string reason) where T : unmanaged
    {
        Assert.False(PlainData.IsPlain<T>());
        NotSupportedException exception = Assert.Throws<NotSupportedException>(PlainData.ThrowIfNot<T>);
        Assert.Contains(field, exception.Message, StringComparison.Ordinal);
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
    }
}
