using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Lodge.Sandbox.Interop;
using Microsoft.Win32.SafeHandles;

namespace Lodge.Sandbox;

/// <summary>Opens files for reading that somebody else may have put there, and never waits for one.</summary>
/// <remarks>Who opens a pipe waits for its other end, maybe for ever. What a path leads to may change between a look at it and
/// the opening; on Linux it is therefore opened in a way that does not wait, and then what was opened is looked at.</remarks>
internal static class RegularFile
{
    /// <summary>Opens a file.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="followsLink">Whether it may be a symbolic link to one.</param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="IrregularFileException">It is a pipe, a device, a folder, or a link where none may be.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    public static SafeFileHandle Open(string path, bool followsLink)
        => OperatingSystem.IsLinux() ? OpenOnLinux(path, followsLink) : OpenElsewhere(path, followsLink);

    [SupportedOSPlatform("linux")]
    private static SafeFileHandle OpenOnLinux(string path, bool followsLink)
    {
        int flags = Libc.O_RDONLY | Libc.O_NONBLOCK | Libc.O_NOCTTY | Libc.O_CLOEXEC | (followsLink ? 0 : Libc.O_NOFOLLOW);
        SafeFileHandle file = Libc.open(path, flags);
        try
        {
            if (file.IsInvalid)
                throw Refused(path, Marshal.GetLastPInvokeError());

            if (Libc.statx(file, "", Libc.AT_EMPTY_PATH, Libc.STATX_TYPE, out statx_t fields) != 0)
                throw Refused(path, Marshal.GetLastPInvokeError());

            return (fields.stx_mode & Libc.S_IFMT) == Libc.S_IFREG
                ? file
                : throw new IrregularFileException(path, "a pipe, a device or a folder");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static Exception Refused(string path, int error) => error switch
    {
        Errno.ENOENT or Errno.ENOTDIR => new FileNotFoundException($"There is no file {path}.", path),
        Errno.EACCES => new UnauthorizedAccessException($"{path} may not be opened."),
        Errno.ELOOP => new IrregularFileException(path, "a symbolic link"),
        Errno.ENXIO => new IrregularFileException(path, "a socket or a device"),
        _ => new IOException($"{path} cannot be opened: {Marshal.GetPInvokeErrorMessage(error)}."),
    };

    // Windows has its pipes in a folder of their own.
    private static SafeFileHandle OpenElsewhere(string path, bool followsLink)
    {
        var file = new FileInfo(path);
        if (!followsLink && file.LinkTarget is not null)
            throw new IrregularFileException(path, "a symbolic link");

        if (Directory.Exists(path))
            throw new IrregularFileException(path, "a folder");

        return file.Exists
            ? File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete)
            : throw new FileNotFoundException($"There is no file {path}.", path);
    }
}
