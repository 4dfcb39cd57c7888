using System.Globalization;

namespace Lodge.Sandbox;

/// <summary>A guest's function ended in an error of its own, or there is no such function. The sandbox stays ready.</summary>
public sealed class GuestErrorException : SandboxException
{
    internal GuestErrorException(string function, GuestError error, Exception? hostFailure)
        : base($"{function} failed with {Describe(error.Code)}{(error.Text.Length == 0 ? "." : ": " + error.Text)}", hostFailure)
    {
        Function = function;
        Code = error.Code;
        Text = error.Text;
    }

    /// <summary>The function that was called.</summary>
    public string Function { get; }

    /// <summary>The error's number.</summary>
    public GuestErrorCode Code { get; }

    /// <summary>What the guest says of it.</summary>
    public string Text { get; }

    /// <summary>A number with the ABI's name for it, which a guest may mean otherwise.</summary>
    internal static string Describe(GuestErrorCode code)
        => Enum.IsDefined(code)
            ? string.Create(CultureInfo.InvariantCulture, $"{code} ({(ulong)code})")
            : string.Create(CultureInfo.InvariantCulture, $"error {(ulong)code}");
}
