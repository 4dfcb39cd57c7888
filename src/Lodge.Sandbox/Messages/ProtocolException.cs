using System.Diagnostics.CodeAnalysis;

namespace Lodge.Sandbox;

/// <summary>A guest has broken the rules by which hosts and guests talk. It ends the call, and the sandbox with it.</summary>
internal sealed class ProtocolException(string message) : Exception(message)
{
    [DoesNotReturn]
    public static void Throw(string message) => throw new ProtocolException(message);
}
