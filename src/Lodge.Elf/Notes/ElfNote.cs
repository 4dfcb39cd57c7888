namespace Lodge.Elf;

/// <summary>A note: bytes that whoever owns the name gave a meaning to.</summary>
/// <param name="Owner">Whose note it is, such as <c>CORE</c> or <c>GNU</c>; without the zero at its end. It may hold any
/// characters.</param>
/// <param name="Type">What it holds, in the owner's numbers.</param>
/// <param name="Content">The bytes, a copy of the file's.</param>
/// <param name="FileOffset">Where the content begins in the file.</param>
/// <remarks>Two notes are equal if they are the same one: contents are not compared.</remarks>
public readonly record struct ElfNote(string Owner, uint Type, ReadOnlyMemory<byte> Content, long FileOffset);
