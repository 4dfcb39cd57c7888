using System.Globalization;
using System.Runtime.InteropServices;

namespace Lodge.Fuzz;

/// <summary>The shared memory in which AFL++ looks for what an input has brought up.</summary>
/// <remarks>An instrumented program counts its branches there. Managed code is not instrumented: what stands in for them is said
/// by a <see cref="Probe"/>.</remarks>
internal sealed unsafe partial class CoverageMap
{
    private const string Variable = "__AFL_SHM_ID";

    private readonly byte* _map;

    private CoverageMap(byte* map) => _map = map;

    /// <summary>The memory that the environment names.</summary>
    /// <returns>False where it names none, or it cannot be attached.</returns>
    public static bool TryAttach(out CoverageMap? map)
    {
        map = null;
        if (!int.TryParse(Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture, out int id))
            return false;

        nint address = AttachSharedMemory(id, 0, 0);
        if (address == -1)
            return false;

        map = new CoverageMap((byte*)address);
        return true;
    }

    /// <summary>AFL++ has cleared the map before the run.</summary>
    public void Write(Probe probe)
    {
        // In bounds: numbers are less than MapBytes, which is the size that was agreed on; the memory stays attached for good.
        // An input that brings up nothing would look like a program that is not instrumented.
        _map[0] = 1;
        foreach (int number in probe.Seen)
            _map[number]++;
    }

    [LibraryImport("libc", EntryPoint = "shmat", SetLastError = true)]
    private static partial nint AttachSharedMemory(int id, nint address, int flags);
}
