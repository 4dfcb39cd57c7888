namespace Lodge.Sandbox.Tests;

/// <summary>The attacks, one row each.</summary>
internal static partial class Attacks
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(100);

    private static readonly Dictionary<string, Attack> ByName = All().ToDictionary(static attack => attack.Name);

    public static IEnumerable<string> Names => ByName.Keys;

    public static Attack Named(string name) => ByName[name];

    private static IEnumerable<Attack> All()
        => [.. Buffers(), .. HostCalls(), .. Endless(), .. Ports(), .. Tables(), .. ProcessorState(), .. Memory(),
            .. Unbounded()];

    private static GuestValue Hex(ulong value) => value;

    private static void LargeBuffers(SandboxOptions options)
    {
        options.InputBufferSize = 256 << 10;
        options.OutputBufferSize = 256 << 10;
        options.HeapSize = 1 << 20;
        options.ScratchSize = 4 << 20;
    }
}
