using System.Globalization;
using Xunit;

namespace Lodge.Machines.Tests;

public sealed class NativeProgramTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lodge-guests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [ToolchainFact]
    public void Sources_BuiltForTheHost_ReturnWhatTheTableSays()
    {
        Make("native");
        foreach (BareProgram program in BarePrograms.All)
        {
            foreach (BareCase values in new[] { program.Brief, program.Long })
            {
                string answer = HostProgram.Run(
                    Path.Combine(_folder, "native", program.Name), Text(values.First), Text(values.Second), Text(values.Third));

                Assert.Equal($"{program.Name} 0x{values.Expected:x16}", $"{program.Name} {answer.Trim()}");
            }
        }
    }

    [ToolchainFact]
    public void Sources_BuiltAgain_MakeTheSameImagesAndGiveTheSameResults()
    {
        Make("bare");
        IEnumerable<string> images = BarePrograms.All.SelectMany(program => program.Images).Order(StringComparer.Ordinal);
        Assert.Equal(images, ImagesIn(_folder));
        Assert.Equal(images, ImagesIn(BareImages.Directory));

        // Compilers differ, results do not.
        foreach (BareProgram program in BarePrograms.All)
        {
            foreach (string image in program.Images)
            {
                using var guest = new BareGuest(Machines.Software, new BareGuestOptions { IsUserMemory = true });
                BareCase values = program.Brief;
                guest.Start(File.ReadAllBytes(Path.Combine(_folder, image + ".bin")), values.First, values.Second, values.Third);
                BareRun run = guest.Run();
                Assert.True(run.Result == values.Expected, $"{image}: expected 0x{values.Expected:x}, and came {run}.");
            }
        }
    }

    private void Make(string target)
        => HostProgram.Run(
            "make",
            "-s",
            "-C",
            Path.Combine(BareImages.Directory, "source"),
            $"OUT={_folder}",
            $"NATIVE={Path.Combine(_folder, "native")}",
            target);

    private static IEnumerable<string?> ImagesIn(string folder)
        => Directory.GetFiles(folder, "*.bin").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal);

    private static string Text(ulong value) => value.ToString(CultureInfo.InvariantCulture);
}
