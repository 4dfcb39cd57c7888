namespace Lodge.Sandbox;

/// <summary>A call of a function.</summary>
/// <param name="Name">The function's name.</param>
/// <param name="Count">How many arguments there are.</param>
/// <param name="ResultType">The type of result that is wanted.</param>
internal readonly record struct FunctionCall(string Name, int Count, GuestType ResultType);
