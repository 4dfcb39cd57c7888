using Xunit;

namespace Lodge.Sandbox.Tests;

/// <summary>Buffers whose sizes are no multiples of anything, so that the second begins anywhere.</summary>
public sealed class OddBufferTests
{
    [Theory]
    [InlineData(8193, 8193)]
    [InlineData(12_345, 9_999)]
    [InlineData(8192, 65_537)]
    public void Buffers_OfOddSizes_TakeWhatFits(long input, long output)
    {
        using var hello = Sandbox.Create(Guests.Hello, options =>
        {
            options.Engine = HostileGuest.Engine;
            options.InputBufferSize = input;
            options.OutputBufferSize = output;
            options.HeapSize = 1 << 20;
            options.ScratchSize = 4 << 20;
        });
        using Snapshot clean = hello.TakeSnapshot();
        int refused = 0;
        for (int length = 7900; length < 12_400; length += 37)
        {
            byte[] bytes = [.. Enumerable.Range(0, length).Select(static i => (byte)i)];
            try
            {
                Assert.Equal(bytes, hello.Call<byte[]>("EchoBytes", bytes));
            }
            catch (ArgumentException)
            {
                refused++;
            }
            catch (SandboxException)
            {
                refused++;
                hello.Restore(clean);
            }
        }

        Assert.InRange(refused, 1, 122);
    }
}
