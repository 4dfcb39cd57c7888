namespace Lodge.Sandbox;

/// <summary>What an exception says of itself, which may be anybody's.</summary>
internal static class FailureText
{
    /// <summary>Its message; its type's name where it has none, or cannot say.</summary>
    public static string Of(Exception failure)
    {
        try
        {
            return failure.Message ?? failure.GetType().Name;
        }
        catch (Exception)
        {
            // Whatever is wrong with it, it is the reason of what went wrong first.
            return failure.GetType().Name;
        }
    }
}
