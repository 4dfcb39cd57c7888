namespace Lodge.Memory.Interop;
/// <summary>The error numbers that this library decides by.</summary>
internal static class Errno
{
    public const int EPERM = 1;
    public const int EINTR = 4;
    public const int EAGAIN = 11;
    public const int ENOMEM = 12;
}
