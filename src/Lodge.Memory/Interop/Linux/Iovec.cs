namespace Lodge.Memory.Interop;
/// <summary><c>struct iovec</c>: a run of host memory for a vectored system call.</summary>
internal unsafe struct Iovec
{
    public void* iov_base;
    public nuint iov_len;
}
