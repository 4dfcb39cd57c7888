namespace Lodge.Cli;

/// <summary>One thing that <c>lodge doctor</c> has looked at, for people.</summary>
/// <param name="Topic">What it belongs to.</param>
/// <param name="IsHere">Whether it is here; nothing where that is no question.</param>
/// <param name="Name">What it is.</param>
/// <param name="Text">What was found, and how to get what is missing.</param>
internal sealed record DoctorFinding(string Topic, bool? IsHere, string Name, string Text);
