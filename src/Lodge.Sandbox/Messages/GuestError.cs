namespace Lodge.Sandbox;

/// <summary>An error that a guest's function ended in.</summary>
/// <param name="Code">Its number.</param>
/// <param name="Text">What the guest says of it.</param>
internal sealed record GuestError(GuestErrorCode Code, string Text);
