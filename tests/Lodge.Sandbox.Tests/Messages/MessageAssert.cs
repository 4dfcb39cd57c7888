using Xunit;

namespace Lodge.Sandbox.Tests;

/// <summary>What the library reads in a message.</summary>
internal static class MessageAssert
{
    public static void IsCall(MessageCase wanted, byte[] message)
    {
        var arguments = new GuestValue[MessageFormat.MostParameters];
        FunctionCall call = MessageReader.ReadCall(message, arguments);
        Assert.Equal(new FunctionCall(wanted.Name!, wanted.Values.Length, wanted.Type), call);
        Assert.Equal(wanted.Values, arguments[..call.Count]);
    }

    public static void IsAnswer(MessageCase wanted, byte[] message)
    {
        GuestValue value = MessageReader.ReadResult(message, out GuestError? error);
        Assert.Equal(wanted.Code is { } code ? new GuestError((GuestErrorCode)code, wanted.Name!) : null, error);
        Assert.Equal(wanted.Code is null ? wanted.Values[0] : GuestValue.Void, value);
    }
}
