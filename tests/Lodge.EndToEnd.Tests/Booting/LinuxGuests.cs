using Xunit;

namespace Lodge.EndToEnd.Tests;

/// <summary>The guests that all tests share. Each boots when a test first asks for it.</summary>
public sealed class LinuxGuests : IAsyncDisposable
{
    // A guest that fails to boot fails every test that needs it, but only once takes its time for it.
    private readonly Dictionary<PagingDepth, Task<LinuxGuest>> _guests = [];

    internal Task<LinuxGuest> GetAsync(PagingDepth depth)
    {
        if (!_guests.TryGetValue(depth, out Task<LinuxGuest>? guest))
        {
            guest = LinuxGuest.BootAsync(depth, TestContext.Current.CancellationToken);
            _guests.Add(depth, guest);
        }

        return guest;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Task<LinuxGuest> guest in _guests.Values.Where(guest => guest.IsCompletedSuccessfully))
            await (await guest).DisposeAsync();
    }
}
