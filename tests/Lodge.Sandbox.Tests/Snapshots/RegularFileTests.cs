using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Lodge.Sandbox.Interop;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace Lodge.Sandbox.Tests;

public sealed class RegularFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_OfAFile_ReadsIt()
    {
        string path = _folder.Write("file", "content"u8);
        foreach (bool followsLink in new[] { false, true })
            Assert.Equal("content", Read(path, followsLink));
    }

    [Fact]
    public void Open_OfNothing_SaysSo()
    {
        foreach (string name in new[] { "none", "none/none" })
            Assert.Throws<FileNotFoundException>(() => RegularFile.Open(_folder.PathOf(name), followsLink: true));
    }

    [LinuxFact]
    public void Open_OfALink_FollowsItWhereItMay()
    {
        string link = _folder.PathOf("link");
        File.CreateSymbolicLink(link, _folder.Write("file", "content"u8));
        Assert.Equal("content", Read(link, followsLink: true));
        Assert.Throws<IrregularFileException>(() => RegularFile.Open(link, followsLink: false));
        File.Delete(_folder.PathOf("file"));
        Assert.Throws<FileNotFoundException>(() => RegularFile.Open(link, followsLink: true));
        Assert.Throws<IrregularFileException>(() => RegularFile.Open(link, followsLink: false));
    }

    [LinuxFact]
    public void Open_OfWhatIsNoFile_IsRefusedWithoutWaiting()
    {
        string pipe = NamedPipe.Make(_folder.PathOf("pipe"));
        string folder = Directory.CreateDirectory(_folder.PathOf("folder")).FullName;
        string socketPath = _folder.PathOf("socket");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(socketPath));
        string link = _folder.PathOf("link");
        foreach (string path in new[] { pipe, folder, socketPath, "/dev/zero", "/dev/null", "/dev/full" })
        {
            File.CreateSymbolicLink(link, path);
            Assert.Throws<IrregularFileException>(() => RegularFile.Open(path, followsLink: false));
            Assert.Throws<IrregularFileException>(() => RegularFile.Open(link, followsLink: true));
            File.Delete(link);
        }
    }

    /// <summary>A look at the path before it is opened would not do.</summary>
    [LinuxFact]
    public void Open_WhileSomebodyPutsAPipeThere_NeverWaitsAndNeverReturnsIt()
    {
        const int Enough = 20;
        string path = _folder.Write("path", "content"u8);
        using var source = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        CancellationToken token = source.Token;
        int read = 0;
        int refused = 0;
        Task swapping = Start(() =>
        {
            File.Move(NamedPipe.Make(_folder.PathOf("pipe")), path, overwrite: true);
            File.Move(_folder.Write("file", "content"u8), path, overwrite: true);
        });
        Task opening = Start(() =>
        {
            try
            {
                Assert.Equal("content", Read(path, followsLink: false));
                read++;
            }
            catch (IrregularFileException)
            {
                refused++;
            }

            if (read >= Enough && refused >= Enough)
                source.Cancel();
        });
        bool hasEnded = Task.WaitAll([swapping, opening], TimeSpan.FromSeconds(30));
        Assert.True(hasEnded, "It waits for somebody who writes into the pipe.");
        Assert.InRange(Math.Min(read, refused), Enough, int.MaxValue);

        Task Start(Action action) => Task.Factory.StartNew(
            () =>
            {
                while (!token.IsCancellationRequested)
                    action();
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    [LinuxFact]
    public void MapFile_OfAPipe_IsRefusedWithoutWaiting()
    {
        string link = _folder.PathOf("link");
        File.CreateSymbolicLink(link, NamedPipe.Make(_folder.PathOf("pipe")));
        IOException refused = Assert.ThrowsAny<IOException>(() => HostileGuest.Create(options => options.MapFile(link)));
        Assert.Contains("no regular file", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>As <c>linux/stat.h</c> has it.</summary>
    [Fact]
    public void Structure_HasTheSizeAndOffsetsOfTheInterface()
        => Assert.Equal((256, 0, 28), (
            Unsafe.SizeOf<statx_t>(),
            (int)Marshal.OffsetOf<statx_t>(nameof(statx_t.stx_mask)),
            (int)Marshal.OffsetOf<statx_t>(nameof(statx_t.stx_mode))));

    private static string Read(string path, bool followsLink)
    {
        using SafeFileHandle file = RegularFile.Open(path, followsLink);
        var bytes = new byte[100];
        return Encoding.UTF8.GetString(bytes, 0, RandomAccess.Read(file, bytes, 0));
    }
}
