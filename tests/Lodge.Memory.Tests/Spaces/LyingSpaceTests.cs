using Xunit;

namespace Lodge.Memory.Tests;

/// <summary>A space of somebody's own that does not keep to the contract is refused: no hang, no byte outside of what was asked for.</summary>
public sealed class LyingSpaceTests : IDisposable
{
    private readonly GuestMemory _memory = GuestMemory.Anonymous(3 * 4096);
    private readonly GuestMemory _other = GuestMemory.Anonymous(3 * 4096);

    public static TheoryData<SpaceLie, int> LiesAboutLength => new()
    {
        { SpaceLie.EmptySlice, 0 },
        { SpaceLie.EmptySlice, 1 },
        { SpaceLie.LongerSlice, 0 },
        { SpaceLie.LongerSlice, 1 },
    };

    [Theory]
    [MemberData(nameof(LiesAboutLength))]
    public void Bulk_OverASpaceThatLiesAboutLength_IsRefused(SpaceLie lie, int honestCalls)
    {
        byte[] buffer = new byte[100];
        if (honestCalls == 0)
        {
            Refused(space => space.Read(0, buffer), 0, lie);
            Refused(space => space.Write(0, buffer), 0, lie);
            Refused(space => space.TryIndexOf(0, 100, 1, out _, out _), 0, lie);
            Refused(space => space.IsAccessible(new GuestRange(0, 100), MemoryAccess.Read), 0, lie);
            Refused(space => space.TryReadUtf8String(0, 100, out _, out _), 0, lie);
        }

        Refused(space => space.TryReadExactly(0, buffer, out _), honestCalls, lie);
        Refused(space => space.TryWriteExactly(0, buffer, out _), honestCalls, lie);
        Refused(space => space.TryFill(0, 100, 1, out _), honestCalls, lie);
        AssertNothingWritten();
    }

    [Theory]
    [InlineData(SpaceLie.EmptySlice)]
    [InlineData(SpaceLie.LongerSlice)]
    public void TypedAccess_OverASpaceThatLiesAboutLength_IsRefused(SpaceLie lie)
    {
        Refused(space => space.TryRead<ulong>(0, out _, out _), 0, lie);
        Refused(space => space.TryWrite(0, ulong.MaxValue, out _), 0, lie);
        AssertNothingWritten();
    }

    [Theory]
    [InlineData(SpaceLie.EmptySlice)]
    [InlineData(SpaceLie.LongerSlice)]
    public void Atomics_OverASpaceThatLiesAboutLength_AreRefused(SpaceLie lie)
    {
        Fails(space => space.TryStore(0, ulong.MaxValue, out _), lie);
        Fails(space => space.TryFetchAdd(0, 1UL, out _, out _), lie);
        Fails(space => space.TryExchange(0, 1UL, out _, out _), lie);
        Fails(space => space.StoreU64(0, 1) == FaultKind.None, lie);
        AssertNothingWritten();
    }

    // The looks before the copy are honest; how many there are is the copy's own affair, so all numbers are tried.
    [Theory]
    [InlineData(SpaceLie.EmptySlice, true)]
    [InlineData(SpaceLie.EmptySlice, false)]
    [InlineData(SpaceLie.LongerSlice, true)]
    [InlineData(SpaceLie.LongerSlice, false)]
    public void Copy_OverASpaceThatLiesAboutLength_IsRefused(SpaceLie lie, bool isSource)
    {
        _memory.Regions[0].GetHostSlice().Fill(0xEE);
        for (int honestCalls = 0; honestCalls < 4; honestCalls++)
        {
            var liar = new LyingSpace(isSource ? _memory : _other, honestCalls, lie);
            IAddressSpace source = isSource ? liar : _memory;
            IAddressSpace destination = isSource ? _other : liar;
            bool isDone;
            try
            {
                isDone = source.TryCopy(0, destination, 4096, 1000, out _);
            }
            catch (InvalidOperationException)
            {
                isDone = false;
            }

            // Asked less often than it is honest, it has told no lie yet.
            Assert.Equal(!liar.HasLied, isDone);

            byte[] behind = new byte[4096];
            _other.ReadExactly(4096 + 1000, behind);
            Assert.False(behind.AsSpan().ContainsAnyExcept((byte)0), $"after {honestCalls} honest calls, bytes behind the range were written");
        }
    }

    [Fact]
    public void Writes_OverASpaceThatGrantsReadingOnly_AreRefused()
    {
        const SpaceLie Lie = SpaceLie.OnlyForReading;
        Refused(space => space.TryWrite(0, ulong.MaxValue, out _), 0, Lie);
        Refused(space => space.Write(0, [1, 2, 3]), 0, Lie);
        Refused(space => space.TryWriteExactly(0, [1, 2, 3], out _), 0, Lie);
        Refused(space => space.TryFill(0, 100, 1, out _), 0, Lie);
        AssertNothingWritten();
    }

    [Fact]
    public void AtomicWrites_OverASpaceThatGrantsReadingOnly_AreRefused()
    {
        const SpaceLie Lie = SpaceLie.OnlyForReading;
        Refused(space => space.TryStore(0, ulong.MaxValue, out _), 0, Lie);
        Refused(space => space.TryExchange(0, ulong.MaxValue, out _, out _), 0, Lie);
        Refused(space => space.TryFetchAdd(0, 1, out _, out _), 0, Lie);
        Refused(space => space.StoreU64(0, 1), 0, Lie);
        AssertNothingWritten();
    }

    [Fact]
    public void Copy_IntoASpaceThatGrantsReadingOnly_IsRefused()
    {
        _other.Regions[0].GetHostSlice().Fill(0xEE);
        Refused(space => _other.TryCopy(0, space, 0, 1000, out _), 0, SpaceLie.OnlyForReading);
        AssertNothingWritten();
    }

    [Fact]
    public void NoSpace_IsAnArgumentNullException()
    {
        IAddressSpace none = null!;
        Assert.Throws<ArgumentNullException>(() => none.TryRead<int>(0, out _, out _));
        Assert.Throws<ArgumentNullException>(() => none.TryWrite(0, 1, out _));
        Assert.Throws<ArgumentNullException>(() => none.Read(0, new byte[1]));
        Assert.Throws<ArgumentNullException>(() => none.Write(0, [1]));
        Assert.Throws<ArgumentNullException>(() => none.TryLoad<int>(0, out _, out _));
        Assert.Throws<ArgumentNullException>(() => none.TryFill(0, 1, 1, out _));
        Assert.Throws<ArgumentNullException>(() => none.TryIndexOf(0, 1, 1, out _, out _));
        Assert.Throws<ArgumentNullException>(() => none.TryReadUtf8String(0, 1, out _, out _));
        Assert.Throws<ArgumentNullException>(() => none.TryCopy(0, _memory, 0, 1, out _));
        Assert.Throws<ArgumentNullException>(() => _memory.TryCopy(0, none, 0, 1, out _));
        Assert.Throws<ArgumentNullException>(() => none.IsAccessible(default, MemoryAccess.Read));
        Assert.Throws<ArgumentNullException>(() => none.GetSlices(0, 1, MemoryAccess.Read).Offset.ToString());
    }

    public void Dispose()
    {
        _memory.Dispose();
        _other.Dispose();
    }

    private void Refused(Action<IAddressSpace> access, int honestCalls, SpaceLie lie)
        => Assert.Throws<InvalidOperationException>(() => access(new LyingSpace(_memory, honestCalls, lie)));

    // A fault is as good an answer as a refusal, where nothing is touched.
    private void Fails(Func<IAddressSpace, bool> access, SpaceLie lie)
    {
        try
        {
            Assert.False(access(new LyingSpace(_memory, 0, lie)));
        }
        catch (InvalidOperationException)
        {
        }
    }

    private void AssertNothingWritten()
        => Assert.False(_memory.Regions[0].GetHostSlice().DangerousGetReadOnlySpan().ContainsAnyExcept((byte)0));
}
