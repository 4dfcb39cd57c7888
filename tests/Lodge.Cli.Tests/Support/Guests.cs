namespace Lodge.Cli.Tests;

/// <summary>The guests that the tests run.</summary>
internal static class Guests
{
    public static string Hello { get; } = PathOf("hello.elf");

    public static string Notes { get; } = PathOf("notes.elf");

    public static string Digest { get; } = PathOf("digest.elf");

    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "guests", name);
}
