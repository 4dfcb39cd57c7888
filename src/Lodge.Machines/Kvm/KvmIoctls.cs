using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Lodge.Machines.Interop;
using Microsoft.Win32.SafeHandles;

namespace Lodge.Machines;

/// <summary>Requests whose failure is the host's: they throw.</summary>
internal static unsafe class KvmIoctls
{
    /// <summary>Reads or writes a structure by the request that is for it.</summary>
    public static void Do<T>(SafeFileHandle handle, uint request, ref T argument, string attempt, string? advice = null)
        where T : unmanaged
    {
        // In bounds: the request's number holds the structure's size, which a test compares.
        fixed (T* p = &argument)
        {
            if (Libc.ioctl(handle, request, p) < 0)
                throw Failed(attempt, advice);
        }
    }

    /// <summary>Makes a request that takes a number; returns the answer.</summary>
    public static int Do(SafeFileHandle handle, uint request, nuint argument, string attempt, string? advice = null)
    {
        int answer = Libc.ioctl(handle, request, (void*)argument);
        return answer >= 0 ? answer : throw Failed(attempt, advice);
    }

    /// <summary>As the first, for requests whose answer says how much was done.</summary>
    public static int Get<T>(SafeFileHandle handle, uint request, ref T argument, string attempt)
        where T : unmanaged
    {
        // In bounds: as above.
        fixed (T* p = &argument)
        {
            int answer = Libc.ioctl(handle, request, p);
            return answer >= 0 ? answer : throw Failed(attempt, null);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static MachineException Failed(string attempt, string? advice)
        => new(attempt, Marshal.GetLastPInvokeError(), advice);
}
