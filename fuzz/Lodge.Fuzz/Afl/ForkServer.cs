using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Lodge.Fuzz;

/// <summary>The pipes between afl-fuzz and what it takes for a fork server.</summary>
/// <remarks>
/// The protocol, as in AFL++'s <c>src/afl-forkserver.c</c>: the server begins with a word of options, here the size of the map.
/// For each run it is sent a word, answers with the number of the process that runs the input, and then with that process's
/// status as <c>waitpid</c> gives it. Nothing is forked here: one process runs one input after the other.
/// </remarks>
internal sealed class ForkServer : IDisposable
{
    private const int ControlDescriptor = 198;
    private const int StatusDescriptor = 199;

    // FS_OPT_ENABLED, FS_OPT_MAPSIZE, and the size less one from bit 1 on.
    private const uint Options = 0x8000_0001 | 0x4000_0000 | ((Probe.MapBytes - 1) << 1);

    // The status of a process that SIGABRT has ended.
    private const int Aborted = 6;

    private readonly FileStream _control = Open(ControlDescriptor, FileAccess.Read);
    private readonly FileStream _status = Open(StatusDescriptor, FileAccess.Write);

    public static bool IsThere
        => File.Exists($"/proc/self/fd/{ControlDescriptor}") && File.Exists($"/proc/self/fd/{StatusDescriptor}");

    public void Greet() => Write(unchecked((int)Options));

    /// <summary>Waits until an input is to be run.</summary>
    /// <returns>False where there will be none any more.</returns>
    public bool WaitForRun()
    {
        Span<byte> word = stackalloc byte[sizeof(int)];
        if (_control.ReadAtLeast(word, word.Length, throwOnEndOfStream: false) < word.Length)
            return false;

        Write(Environment.ProcessId);
        return true;
    }

    public void Answer(bool isFailure) => Write(isFailure ? Aborted : 0);

    public void Dispose()
    {
        _control.Dispose();
        _status.Dispose();
    }

    private static FileStream Open(int descriptor, FileAccess access)
        => new(new SafeFileHandle(descriptor, ownsHandle: false), access, bufferSize: 0);

    private void Write(int value)
    {
        Span<byte> word = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(word, value);
        _status.Write(word);
    }
}
