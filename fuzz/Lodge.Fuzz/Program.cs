using System.Globalization;
using Lodge.Fuzz;

const string Usage = """
    Lodge.Fuzz generate [--seconds N (60)] [--seed S] [--list] [--output FOLDER] [TARGET...]
                                     makes inputs, and runs them; with --list it says what refusals there were
    Lodge.Fuzz run TARGET FILE...    runs inputs
    Lodge.Fuzz seeds TARGET FOLDER   writes well-formed inputs
    Lodge.Fuzz afl TARGET FILE       runs FILE whenever afl-fuzz says so

    """;

return args switch
{
    ["generate", .. string[] rest] => Generate(rest),
    ["run", string target, _, ..] when FuzzTargets.IsKnown(target) => RunCommand.Run(target, args[2..]),
    ["seeds", string target, string folder] when FuzzTargets.IsKnown(target) => SeedsCommand.Run(target, folder),
    ["afl", string target, string path] when FuzzTargets.IsKnown(target) => AflCommand.Run(target, path),
    _ => Fail(),
};

static int Generate(string[] args)
{
    double seconds = 60;
    int seed = Environment.TickCount & int.MaxValue;
    bool isListed = false;
    string folder = Path.Combine("artifacts", "fuzz");
    var targets = new List<string>();
    for (int i = 0; i < args.Length; i++)
    {
        string? value = i + 1 < args.Length ? args[i + 1] : null;
        switch (args[i])
        {
            case "--seconds" when double.TryParse(value, CultureInfo.InvariantCulture, out seconds) && seconds > 0:
            case "--seed" when int.TryParse(value, CultureInfo.InvariantCulture, out seed):
                i++;
                break;
            case "--output" when value is not null:
                folder = value;
                i++;
                break;
            case "--list":
                isListed = true;
                break;
            case var name when FuzzTargets.IsKnown(name):
                targets.Add(name);
                break;
            default:
                return Fail();
        }
    }

    return GenerateCommand.Run(seconds, seed, isListed, targets.Count == 0 ? FuzzTargets.Names : targets, folder);
}

static int Fail()
{
    Console.Error.WriteLine($"{Usage}Targets: {string.Join(", ", FuzzTargets.Names)}");
    return ExitCodes.Usage;
}
