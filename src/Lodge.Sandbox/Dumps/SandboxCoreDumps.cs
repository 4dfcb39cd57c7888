using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Lodge.Dumps;

namespace Lodge.Sandbox;

/// <summary>Where sandboxes whose guests die leave core dumps.</summary>
/// <remarks>
/// <para>One is written whenever a call, or the guest's initialization, ends in a way after which nothing is known of the guest
/// any more: it aborted, crashed, broke the rules, was stopped for its time or cancelled. It holds all of the guest's memory,
/// secrets of its arguments too; on Unix only its owner can read it.</para>
/// <para>The call returns when the dump is written. A process writes one at a time. A dump that cannot be written changes nothing
/// about the exception of the call, which says so.</para>
/// </remarks>
public sealed record SandboxCoreDumps
{
    private const string Prefix = "lodge-";
    private const string Suffix = ".core";

    private static readonly Lock Gate = new();
    private static int LastNumber;

    private readonly string _path;
    private readonly bool _isFolder;

    private SandboxCoreDumps(string path, bool isFolder)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = Path.GetFullPath(path);
        _isFolder = isFolder;
    }

    /// <summary>How many dumps there are at most in a folder, whoever has written them: 10 where nothing is said. Where there
    /// are so many, no more are written, so that the first ones stay and a guest that dies again and again does not fill the
    /// disk. Processes that share a folder may go past it by one each.</summary>
    public int MostFiles
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    } = 10;

    /// <summary>How much goes into one. Program and cause are filled in where they are not set.</summary>
    public CoreDumpOptions Contents
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = CoreDumpOptions.Default;

    /// <summary>Dumps go to a folder, which is made if it is not there, as <c>lodge-20261121-233000-1234-1.core</c>: with the
    /// time (UTC), the number of the process, and a number that counts up.</summary>
    /// <param name="folder">The folder.</param>
    public static SandboxCoreDumps ToFolder(string folder) => new(folder, isFolder: true);

    /// <summary>The dump goes to a file; a later one takes the place of an earlier one.</summary>
    /// <param name="path">The file, in a folder that is there.</param>
    public static SandboxCoreDumps ToFile(string path) => new(path, isFolder: false);

    /// <summary>Writes a dump.</summary>
    /// <param name="image">The machine.</param>
    /// <param name="options">What goes into it.</param>
    /// <param name="path">The file.</param>
    /// <param name="reason">Why there is none.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    internal bool TryWrite(
        IMemoryImage image,
        CoreDumpOptions options,
        [NotNullWhen(true)] out string? path,
        [NotNullWhen(false)] out string? reason)
    {
        lock (Gate)
        {
            path = null;
            reason = null;
            if (_isFolder)
            {
                Directory.CreateDirectory(_path);
                if (Directory.EnumerateFiles(_path, $"{Prefix}*{Suffix}").Take(MostFiles).Count() >= MostFiles)
                {
                    reason = $"{_path} has {MostFiles} already, which is the most.";
                    return false;
                }
            }

            string target = _isFolder ? Path.Combine(_path, NextName()) : _path;
            CoreDump.Write(image, target, options);
            path = target;
            return true;
        }
    }

    private static string NextName()
        => string.Create(
            CultureInfo.InvariantCulture,
            $"{Prefix}{DateTime.UtcNow:yyyyMMdd-HHmmss}-{Environment.ProcessId}-{++LastNumber}{Suffix}");
}
