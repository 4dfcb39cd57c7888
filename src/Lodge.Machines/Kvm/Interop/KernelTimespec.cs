namespace Lodge.Machines.Interop;

/// <summary><c>struct __kernel_timespec</c>, which is <c>struct timespec</c> on x86-64.</summary>
internal struct __kernel_timespec
{
    public long tv_sec;
    public long tv_nsec;
}
