using System.Reflection;

namespace Lodge.Cli;

/// <summary>The files that the tool carries along for <c>lodge new</c>. They are in its assembly, so that they need no place
/// where the tool is installed.</summary>
internal static class NewResources
{
    private static readonly Assembly Tool = typeof(NewResources).Assembly;

    /// <summary>All files below a folder, by name, their names without the folder's.</summary>
    public static IReadOnlyList<NewFile> Below(string folder)
    {
        // Who builds on Windows gets its separators.
        string prefix = folder + "/";
        return
        [
            .. from resource in Tool.GetManifestResourceNames()
               let name = resource.Replace('\\', '/')
               where name.StartsWith(prefix, StringComparison.Ordinal)
               orderby name
               select new NewFile(name[prefix.Length..], Read(resource)),
        ];
    }

    private static byte[] Read(string resource)
    {
        using Stream stream = Tool.GetManifestResourceStream(resource)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
