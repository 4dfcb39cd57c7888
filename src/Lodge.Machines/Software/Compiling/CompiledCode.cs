namespace Lodge.Machines;

/// <summary>Executes compiled blocks.</summary>
internal delegate BlockExit CompiledCode(Processor cpu);
