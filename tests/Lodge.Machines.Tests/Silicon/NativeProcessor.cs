using System.Buffers.Binary;
using System.Diagnostics;
using System.Reflection;

namespace Lodge.Machines.Tests.Silicon;

/// <summary>The host's own processor: a child process that executes cases.</summary>
internal sealed class NativeProcessor : IDisposable
{
    private const string Resource = "silicon.c";
    private static readonly TimeSpan CompileLimit = TimeSpan.FromMinutes(1);

    private readonly DirectoryInfo _folder;
    private readonly Process _process;
    private readonly Task<string> _complaints;

    public NativeProcessor()
    {
        _folder = Directory.CreateTempSubdirectory("lodge-silicon-");
        try
        {
            string program = Compile(_folder.FullName);
            _process = Start(program, redirectInput: true);
            _complaints = _process.StandardError.ReadToEndAsync();
            _process.StandardInput.BaseStream.Write(NativeProtocol.Hello());
        }
        catch
        {
            _folder.Delete(recursive: true);
            throw;
        }
    }

    public CaseOutcome Run(SiliconCase item) => Run([item])[0];

    public CaseOutcome[] Run(IReadOnlyList<SiliconCase> cases)
    {
        var outcomes = new List<CaseOutcome>(cases.Count);
        foreach (SiliconCase[] batch in cases.Chunk(NativeProtocol.MostCases))
            outcomes.AddRange(RunBatch(batch));

        return [.. outcomes];
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(5)))
            _process.Kill();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private CaseOutcome[] RunBatch(SiliconCase[] batch)
    {
        try
        {
            Stream input = _process.StandardInput.BaseStream;
            input.Write(NativeProtocol.WriteBatch(batch));
            input.Flush();

            Stream output = _process.StandardOutput.BaseStream;
            var head = new byte[NativeProtocol.BatchHeadSize];
            output.ReadExactly(head);
            var answers = new byte[BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(4))];
            output.ReadExactly(answers);
            return NativeProtocol.ReadBatch(BinaryPrimitives.ReadInt32LittleEndian(head), answers);
        }
        catch (IOException failure)
        {
            _process.WaitForExit(TimeSpan.FromSeconds(5));
            string ending = _process.HasExited ? $"exited with {_process.ExitCode}" : "does not answer";
            string complaints = _process.HasExited ? _complaints.Result : "";
            throw new InvalidOperationException($"The program {ending}: {complaints}", failure);
        }
    }

    private static string Compile(string folder)
    {
        string source = Path.Combine(folder, "silicon.c");
        string program = Path.Combine(folder, "silicon");
        using (Stream text = Assembly.GetExecutingAssembly().GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The resource {Resource} is missing."))
        using (FileStream file = File.Create(source))
            text.CopyTo(file);

        HostProgram.Run(
            "gcc",
            "-O2", "-Wall", "-Wextra", "-Werror", "-std=gnu11", "-ffreestanding", "-fno-stack-protector", "-fcf-protection=none",
            "-mno-red-zone", "-fno-tree-loop-distribute-patterns", "-nostdlib",
            // Above 4 GiB: out of the way of addresses of 32 bits, any of which a case may have.
            "-fPIE", "-static-pie", "-Wl,--no-dynamic-linker",
            "-o", program, source);
        return program;
    }

    private static Process Start(string program, bool redirectInput, params ReadOnlySpan<string> arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            RedirectStandardInput = redirectInput,
        };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);

        return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
    }
}
