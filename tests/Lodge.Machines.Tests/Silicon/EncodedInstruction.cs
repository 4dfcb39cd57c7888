using Iced.Intel;

namespace Lodge.Machines.Tests.Silicon;

/// <summary>An instruction's bytes, and what they mean.</summary>
internal readonly record struct EncodedInstruction(byte[] Bytes, Instruction Instruction);
