using System.Runtime.InteropServices;
using Xunit;

namespace Lodge.Sandbox.Tests;

/// <summary>Makes pipes in the file system of Linux: who opens one waits for somebody who opens its other end.</summary>
internal static class NamedPipe
{
    private const uint ForEverybody = 0x1B6;

    /// <returns>Its path.</returns>
    public static string Make(string path)
    {
        Assert.Equal(0, MakePipe(path, ForEverybody));
        return path;
    }

    [DllImport("libc", EntryPoint = "mkfifo")]
    private static extern int MakePipe(string path, uint mode);
}
