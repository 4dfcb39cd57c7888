using System.Text;

namespace Lodge.Cli;

/// <summary>A new guest: what <c>New/Template</c> has, under its name, and the SDK that it is built with.</summary>
internal static class GuestTemplate
{
    /// <summary>The function that the guest has.</summary>
    public const string Function = "Greet";

    private const string Placeholder = "@NAME@";

    /// <summary>All files of a guest.</summary>
    public static IReadOnlyList<NewFile> Files(string name)
        =>
        [
            .. NewResources.Below("template").Select(file => Fill(file, name)),
            .. GuestSdk.Files().Select(static file => file with { Name = $"{GuestSdk.Folder}/{file.Name}" }),
        ];

    private static NewFile Fill(NewFile file, string name)
    {
        // A file that is called .gitignore would be obeyed where the template lies.
        string fileName = file.Name switch
        {
            "guest.c" => $"{name}.c",
            "gitignore" => ".gitignore",
            _ => file.Name,
        };
        string text = Encoding.UTF8.GetString(file.Content).Replace(Placeholder, name, StringComparison.Ordinal);
        return new NewFile(fileName, Encoding.UTF8.GetBytes(text));
    }
}
