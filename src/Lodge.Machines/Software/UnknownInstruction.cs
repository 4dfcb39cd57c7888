using Microsoft.Extensions.Logging;

namespace Lodge.Machines;

/// <summary>The log line for an instruction that the software CPU does not know.</summary>
internal static partial class UnknownInstruction
{
    [LoggerMessage(
        1, LogLevel.Warning, "The guest's instruction at 0x{Address:x} is not known to the software CPU and raises #UD: {Text}")]
    public static partial void Log(ILogger logger, ulong address, string text);
}
