using Microsoft.Extensions.Logging;

namespace Lodge.Machines;

/// <summary>What the software CPU says to the host's log.</summary>
internal static partial class SoftwareLog
{
    [LoggerMessage(
        1, LogLevel.Warning, "The guest's instruction at 0x{Address:x} is not known to the software CPU and raises #UD: {Text}")]
    public static partial void UnknownInstruction(ILogger logger, ulong address, string text);

    [LoggerMessage(2, LogLevel.Error, "The guest's code at 0x{Address:x} could not be compiled and stays interpreted")]
    public static partial void NotCompiled(ILogger logger, Exception failure, ulong address);
}
