using System.Runtime.ExceptionServices;
using Xunit;

namespace Lodge.Memory.Tests;

/// <summary>What an access must not do: allocate, or throw for a guest's mistake.</summary>
[Collection(QuietProcess.Name)]
public sealed class QuietAccessTests : IDisposable
{
    private const ulong Page = 4096;
    private const ulong FullRegion = 0;
    private const ulong Rom = 1 << 20;
    private const ulong WriteOnly = 2 << 20;
    private const ulong Tracked = 3 << 20;
    private const ulong OddPieces = 4 << 20;
    private const ulong AcrossOddPieces = OddPieces + 96;
    private const ulong Hole = 1UL << 40;
    private const ulong Top = ulong.MaxValue - 7;

    private static readonly ulong[] GoodAddresses = [FullRegion, FullRegion + 16, Tracked + 8, AcrossOddPieces];

    private static readonly ulong[] BadAddresses = [Rom, WriteOnly, Hole, Top, FullRegion + 3, (2 * Page) - 8, AcrossOddPieces + 3];

    private readonly GuestMemory _memory = GuestMemory.Create(
        MemoryRegion.Anonymous(FullRegion, 2 * Page),
        MemoryRegion.Anonymous(Rom, Page, RegionOptions.ReadOnly),
        MemoryRegion.Anonymous(WriteOnly, Page, new RegionOptions { Permissions = MemoryAccess.Write }),
        MemoryRegion.Anonymous(Tracked, Page, new RegionOptions { Dirty = new DirtyBitmap(Page) }),
        MemoryRegion.Anonymous(OddPieces, 101),
        MemoryRegion.Anonymous(OddPieces + 101, 100),
        MemoryRegion.Anonymous(Top, 8));

    [Fact]
    public void GoodAccesses_AllocateNothing() => AssertEveryAccessAllocatesNothing(GoodAddresses);

    [Fact]
    public void Faults_AllocateNothing() => AssertEveryAccessAllocatesNothing(BadAddresses);

    [Fact]
    public void FormsThatThrow_AllocateNothingWhenTheyDoNot()
    {
        byte[] buffer = new byte[32];
        Allocations.AssertNone(() =>
        {
            _memory.Write(Tracked, _memory.Read<ulong>(FullRegion));
            _memory.ReadExactly(FullRegion, buffer);
            _memory.WriteExactly(Tracked, buffer);
            _memory.Store(FullRegion, _memory.Load<uint>(FullRegion));
            _memory.FetchAdd(FullRegion, 1);
            _memory.Exchange(FullRegion, 1);
            _memory.CompareExchange(FullRegion, 1, 1);
            _memory.Fill(FullRegion, 100, 1);
            _memory.Copy(FullRegion, Tracked, 100);
        });
    }

    [Fact]
    public void SlicesInHand_AllocateNothing()
    {
        byte[] buffer = new byte[32];
        Allocations.AssertNone(() =>
        {
            _memory.TryGetSlice(Tracked, Page, MemoryAccess.ReadWrite, out GuestSlice slice, out _);
            slice.Write(8, slice.Read<ulong>(16) + 1);
            slice.CopyTo(0, buffer);
            slice.CopyFrom(64, buffer);
            slice.Slice(128, 64).Fill(2);
            slice.TryIndexOf(2, out _);
        });
    }

    [Fact]
    public void Faults_ThrowNoException()
    {
        byte[] buffer = new byte[32];
        SpaceView view = NewView();
        int thrown = 0;
        int thread = Environment.CurrentManagedThreadId;
        void Count(object? sender, FirstChanceExceptionEventArgs arguments)
        {
            if (Environment.CurrentManagedThreadId == thread)
                thrown++;
        }

        int most = EveryAccess.OnMap(_memory, FullRegion, buffer);
        AppDomain.CurrentDomain.FirstChanceException += Count;
        try
        {
            foreach (ulong address in BadAddresses)
            {
                Assert.True(EveryAccess.OnMap(_memory, address, buffer) < most);
                EveryAccess.OnSpace(view, address, buffer);
            }

            Assert.False(_memory.TryReadUtf8String(Hole, 100, out _, out _));
            Assert.False(_memory.TryReadUtf8String(Rom + Page - 1, int.MaxValue, out _, out _) && _memory.Read<byte>(Rom + Page - 1) != 0);
            Assert.Equal(0, thrown);

            // The counter counts.
            Assert.Throws<GuestMemoryException>(() => _memory.Read<int>(Hole));
            Assert.Equal(1, thrown);
        }
        finally
        {
            AppDomain.CurrentDomain.FirstChanceException -= Count;
        }
    }

    public void Dispose() => _memory.Dispose();

    private SpaceView NewView() => SpaceView.Of(_memory, new GuestRange(0, ulong.MaxValue), MemoryAccess.All);

    private void AssertEveryAccessAllocatesNothing(ulong[] addresses)
    {
        byte[] buffer = new byte[32];
        SpaceView view = NewView();
        Allocations.AssertNone(() =>
        {
            foreach (ulong address in addresses)
            {
                EveryAccess.OnMap(_memory, address, buffer);
                EveryAccess.OnSpace(view, address, buffer);
            }
        });
    }
}
