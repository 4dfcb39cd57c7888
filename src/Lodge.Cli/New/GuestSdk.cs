using System.Reflection;
using System.Text;

namespace Lodge.Cli;

/// <summary>The guest SDK, as sources: gcc is needed for the guest anyway and builds them in two seconds, they can be read and
/// debugged, and no compiler's version is tied to them.</summary>
internal static class GuestSdk
{
    /// <summary>Its folder in a guest's.</summary>
    public const string Folder = "sdk";

    /// <summary>All its files, and one that says which tool they come from.</summary>
    public static IReadOnlyList<NewFile> Files()
        => [.. NewResources.Below("sdk"), new("VERSION", Encoding.UTF8.GetBytes($"lodge {Version()}\n"))];

    private static string Version()
        => typeof(GuestSdk).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
