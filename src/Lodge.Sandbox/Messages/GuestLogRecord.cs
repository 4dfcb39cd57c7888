namespace Lodge.Sandbox;

/// <summary>What a guest logs.</summary>
/// <param name="Message">The text.</param>
/// <param name="Source">Which part of the guest it comes from.</param>
/// <param name="Level">0 trace, 1 debug, 2 information, 3 warning, 4 error, 5 critical, 6 none.</param>
/// <param name="Caller">The function.</param>
/// <param name="File">The source file.</param>
/// <param name="Line">The line of the source file.</param>
internal sealed record GuestLogRecord(string Message, string Source, byte Level, string Caller, string File, uint Line);
