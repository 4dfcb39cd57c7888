namespace Lodge.Sandbox.Interop;

/// <summary>The error numbers that this library decides by.</summary>
internal static class Errno
{
    public const int ENOENT = 2;
    public const int ENXIO = 6;
    public const int EACCES = 13;
    public const int ENOTDIR = 20;
    public const int ELOOP = 40;
}
