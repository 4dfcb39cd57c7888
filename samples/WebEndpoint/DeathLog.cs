namespace WebEndpoint;

/// <summary>What the service says of guests that died.</summary>
internal static partial class DeathLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "A guest of {Pool} died: {Reason}")]
    public static partial void Died(ILogger logger, string pool, string reason);
}
