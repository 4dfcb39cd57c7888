namespace Lodge.Elf.Tests;

/// <summary>Small programs that the system's compiler makes, each when it is first asked for.</summary>
public sealed class Programs : IDisposable
{
    private const string Source = """
        static int table[10] = { 1, 2, 3, 4 };
        int *pointer = &table[3];
        const char *names[] = { "a", "b", "c" };
        int zeros[5000];
        __thread int counter = 4;
        __attribute__((noinline)) int pick(int x) { return table[x % 10] + x; }
        __attribute__((weak)) int weak(int x) { return x * pick(x); }
        static int twice(int x) { return 2 * x; }
        static int (*choose(void))(int) { return twice; }
        int chosen(int x) __attribute__((ifunc("choose")));
        __asm__(".text\n.globl bare_label\nbare_label:\n nop\n nop\n ret\n");
        int main(int count, char **values) {
            counter += count;
            zeros[count] = names[count % 3][0];
            return weak(count) + *pointer + chosen(count) + zeros[count];
        }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("lodge-elf-").FullName;
    private readonly Dictionary<string, string> _paths = [];
    private readonly Lock _lock = new();

    public static string[] Kinds { get; } =
    [
        "dynamic", "static-pie", "static", "shared", "stripped", "packed", "sysv-hash", "object", "function-sections",
        "many-sections", "debug-only", "no-sections",
    ];

    public string Make(string kind)
    {
        lock (_lock)
        {
            if (!_paths.TryGetValue(kind, out string? path))
            {
                path = Build(kind);
                _paths.Add(kind, path);
            }

            return path;
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Build(string kind)
    {
        string path = Path.Combine(_folder, kind);
        string source = Path.Combine(_folder, "program.c");
        if (!File.Exists(source))
            File.WriteAllText(source, Source);

        switch (kind)
        {
            case "dynamic":
                HostProgram.Run("gcc", "-O1", "-g", source, "-o", path);
                break;
            case "static-pie":
                HostProgram.Run("gcc", "-O1", "-fPIE", "-static-pie", source, "-o", path);
                break;
            case "static":
                HostProgram.Run("gcc", "-O1", "-static", "-no-pie", source, "-o", path);
                break;
            case "shared":
                HostProgram.Run("gcc", "-O1", "-fPIC", "-shared", source, "-o", path);
                break;
            case "stripped":
                HostProgram.Run("strip", Make("dynamic"), "-o", path);
                break;
            case "packed":
                HostProgram.Run(
                    "gcc", "-O1", "-nostdlib", "-static-pie", "-fPIE", "-Wl,-z,pack-relative-relocs,-e,main", source, "-o", path);
                break;
            case "sysv-hash":
                HostProgram.Run("gcc", "-O1", "-fPIC", "-shared", "-Wl,--hash-style=sysv", source, "-o", path);
                break;
            case "object":
                HostProgram.Run("gcc", "-O1", "-c", source, "-o", path);
                break;
            case "function-sections":
                HostProgram.Run("gcc", "-O1", "-c", "-ffunction-sections", "-fdata-sections", source, "-o", path);
                break;
            case "many-sections":
                BuildManySections(path);
                break;
            case "debug-only":
                HostProgram.Run("objcopy", "--only-keep-debug", Make("dynamic"), path);
                break;
            case "no-sections":
                RemoveSections(Make("shared"), path);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such program.");
        }

        return path;
    }

    /// <summary>More than the 0xff00 that a 16-bit index can name.</summary>
    private static void BuildManySections(string path)
    {
        string assembly = path + ".s";
        File.WriteAllLines(
            assembly, Enumerable.Range(0, 65_400).Select(i => $".section .s{i},\"ax\",@progbits\n f{i}: ret"));
        HostProgram.Run("gcc", "-c", assembly, "-o", path);
        File.Delete(assembly);
    }

    private static void RemoveSections(string from, string to)
    {
        byte[] bytes = File.ReadAllBytes(from);
        bytes.AsSpan(40, 8).Clear();        // e_shoff
        bytes.AsSpan(60, 4).Clear();        // e_shnum and e_shstrndx
        File.WriteAllBytes(to, bytes);
    }
}
