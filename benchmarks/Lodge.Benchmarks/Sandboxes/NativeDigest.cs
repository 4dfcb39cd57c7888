using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Lodge.Benchmarks.Sandboxes;

/// <summary>The guest's SHA-256 as a library of the host: the same source, by the compiler and with the optimization that guests
/// are built with.</summary>
internal static unsafe class NativeDigest
{
    private const int MessageBytes = 1 << 20;
    private const int StateBytes = 256;

    /// <summary>Why it cannot be built here; null where it can.</summary>
    public static string? MissingBecause { get; } = !OperatingSystem.IsLinux() || RuntimeInformation.OSArchitecture != Architecture.X64
        ? "It is built on x86-64 Linux."
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(static path => File.Exists(Path.Combine(path, "gcc")))
            ? null
            : "There is no gcc on the path.";

    /// <summary>A megabyte, in microseconds.</summary>
    public static double Measure()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("lodge-benchmark-");
        try
        {
            string library = Path.Combine(folder.FullName, "digest.so");
            Build(Path.Combine(AppContext.BaseDirectory, "guests"), library);
            nint handle = NativeLibrary.Load(library);
            try
            {
                return Measure(handle);
            }
            finally
            {
                NativeLibrary.Free(handle);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static double Measure(nint library)
    {
        var begin = (delegate* unmanaged<byte*, void>)NativeLibrary.GetExport(library, "sha256_begin");
        var update = (delegate* unmanaged<byte*, byte*, nuint, void>)NativeLibrary.GetExport(library, "sha256_update");
        var end = (delegate* unmanaged<byte*, byte*, void>)NativeLibrary.GetExport(library, "sha256_end");
        byte[] message = new byte[MessageBytes];
        return MedianTime.Of(() =>
        {
            byte* state = stackalloc byte[StateBytes];
            byte* digest = stackalloc byte[32];
            fixed (byte* bytes = message)
            {
                begin(state);
                update(state, bytes, MessageBytes);
                end(state, digest);
            }
        });
    }

    private static void Build(string guests, string library)
    {
        string source = Path.Combine(guests, "digest", "sha256.c");
        string headers = Path.Combine(guests, "include");
        using Process compiler = Process.Start("gcc", ["-O2", "-shared", "-fPIC", "-I", headers, "-o", library, source]);
        compiler.WaitForExit();
        if (compiler.ExitCode != 0)
            throw new InvalidOperationException($"gcc ended with {compiler.ExitCode}.");
    }
}
