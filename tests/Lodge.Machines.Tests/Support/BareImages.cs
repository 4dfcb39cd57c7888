namespace Lodge.Machines.Tests;

/// <summary>The flat binaries of <c>guests/bin</c>, which are copied beside the tests.</summary>
internal static class BareImages
{
    public static string Directory { get; } = Path.Combine(AppContext.BaseDirectory, "guests");

    public static byte[] Load(string name) => File.ReadAllBytes(Path.Combine(Directory, $"{name}.bin"));
}
