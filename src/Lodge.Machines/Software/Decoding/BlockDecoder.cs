using Iced.Intel;

namespace Lodge.Machines;

/// <summary>Turns a guest's code into blocks.</summary>
internal sealed class BlockDecoder
{
    /// <summary>The longest instruction.</summary>
    public const int MostInstructionBytes = 15;

    private readonly SpanReader _reader = new();
    private readonly Decoder _decoder;
    private readonly MicroOp[] _ops = new MicroOp[CodeBlock.MostInstructions + 1];

    public BlockDecoder() => _decoder = Decoder.Create(64, _reader);

    /// <summary>Decodes instructions up to a branch or the end of the bytes.</summary>
    /// <param name="bytes">The code.</param>
    /// <param name="address">The guest-virtual address of the first byte.</param>
    /// <param name="mostInstructions">How many instructions at most.</param>
    /// <param name="length">How many bytes they have.</param>
    /// <returns>The block, or nothing where not even the first instruction ends in the bytes.</returns>
    public CodeBlock? TryDecode(ReadOnlySpan<byte> bytes, ulong address, int mostInstructions, out int length)
    {
        _reader.Set(bytes);
        _decoder.IP = address;
        length = 0;
        int count = 0;
        ulong target = 0;
        bool hasEnd = false;
        while (!hasEnd && count < mostInstructions)
        {
            _decoder.Decode(out Instruction instruction);
            bool isCut = instruction.IsInvalid && _decoder.LastError == DecoderError.NoMoreBytes;
            if (isCut)
            {
                if (count == 0 && bytes.Length < MostInstructionBytes)
                    return null;

                if (count != 0)
                    break;
            }

            PauseOrExchange.Correct(ref instruction, bytes[length..]);
            ref MicroOp op = ref _ops[count];
            op = default;
            op.Offset = (ushort)length;
            op.Length = (byte)instruction.Length;
            op.Number = (byte)count;
            hasEnd = InstructionTranslator.Translate(instruction, ref op);
            target = instruction.NearBranchTarget;
            length += Math.Max(instruction.Length, 1);
            count++;
        }

        int used = count;
        if (!hasEnd)
            _ops[used++] = InstructionTranslator.EndOfBlock((byte)count);

        return new CodeBlock(address, address + (ulong)length, target, _ops[..used], count);
    }

    /// <summary>Gives the decoder bytes that were copied, so that what a guest changes meanwhile does not count.</summary>
    private sealed class SpanReader : CodeReader
    {
        private readonly byte[] _bytes = new byte[TlbEntry.PageBytes];
        private int _position;
        private int _end;

        public void Set(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(_bytes);
            _position = 0;
            _end = bytes.Length;
        }

        public override int ReadByte() => _position < _end ? _bytes[_position++] : -1;
    }
}
