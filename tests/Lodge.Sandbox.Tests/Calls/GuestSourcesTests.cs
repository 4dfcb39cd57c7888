using System.Security.Cryptography;
using Xunit;

namespace Lodge.Sandbox.Tests;

/// <summary>Guests that are built here, as whoever changes them would.</summary>
public sealed class GuestSourcesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lodge-guests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [ToolchainFact]
    public void Sources_BuiltAgain_DoTheSame()
    {
        HostProgram.Run("make", "-s", "-C", Path.Combine(AppContext.BaseDirectory, "guests", "source"), $"OUT={_folder}", "guests");
        using Sandbox hello = Create("hello", options => options.AddHostFunction("GetWeekday", () => "Friday"));
        Assert.Equal("Hello, World! Today is Friday.", hello.Call<string>("SayHello", "World"));
        using Sandbox digest = Create("digest");
        Assert.Equal(SHA256.HashData("abc"u8), digest.Call<byte[]>("Digest", "abc"u8.ToArray()));
        using Sandbox notes = Create("notes");
        notes.Call("Put", "a", "one");
        Assert.Equal((1, "one"), (notes.Call<int>("Count"), notes.Call<string>("Get", "a")));
    }

    /// <summary>A guest that is written elsewhere: it knows nothing of this repository but where the runtime is.</summary>
    [ToolchainFact]
    public void GuestOutsideOfTheRepository_IsBuiltAndCalled()
    {
        string runtime = Path.Combine(AppContext.BaseDirectory, "guests", "source", "runtime");
        File.WriteAllText(Path.Combine(_folder, "twice.c"), """
            #include <lodge/lodge.h>
            static int64_t twice(int64_t value) { return 2 * value; }
            LODGE_EXPORT(Twice, twice, int64_t, int64_t)
            """);
        File.WriteAllText(
            Path.Combine(_folder, "Makefile"), $"GUEST := twice\nSOURCES := twice.c\ninclude {runtime}/lodge-guest.mk\n");
        HostProgram.Run("make", "-s", "-C", _folder, $"OUT={_folder}");
        using Sandbox sandbox = Create("twice");
        Assert.Equal(-42L, sandbox.Call<long>("Twice", -21L));
    }

    private Sandbox Create(string guest, Action<SandboxOptions>? configure = null)
        => Sandbox.Create(Path.Combine(_folder, guest + ".elf"), options =>
        {
            options.Engine = Machines.Machines.Software;
            configure?.Invoke(options);
        });
}
