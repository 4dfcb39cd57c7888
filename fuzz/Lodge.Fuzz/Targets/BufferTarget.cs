using System.Buffers.Binary;

namespace Lodge.Fuzz;

/// <summary>A buffer between host and guest, into which the guest writes what it likes, while the host pushes and pops. A naive
/// model says what has to happen.</summary>
/// <remarks>
/// An input is the number of steps (one byte), the steps of four bytes each, and what the buffer holds at first. A step is the
/// operation (0 pop, 1 push, 2 look, 3 the guest writes a word) and operands: of a push the message's length (two bytes), of a
/// word its number and 16 bits of its value.
/// </remarks>
internal sealed class BufferTarget : FuzzTarget
{
    private const ulong Lead = 0x1008;
    private const int Size = 0x900;
    private const int RegionBytes = 0x3000;
    private const byte Around = 0xee;
    private const int StepBytes = 4;
    private const int MostSteps = 64;

    // Of a step: an exception with its message and stack.
    private const long MostAllocated = 64 << 10;

    private readonly MemoryRegion _region = MemoryRegion.Anonymous(0x1_0000, RegionBytes);
    private readonly GuestStack _stack;
    private readonly byte[] _before = new byte[RegionBytes];
    private readonly byte[] _after = new byte[RegionBytes];
    private readonly byte[] _message = new byte[Size];

    public BufferTarget()
        => _stack = new GuestStack(_region, new GuestRange(_region.Start + Lead, Size), "buffer");

    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        Input([(1, 20), (0, 0)], 8),
        Input([(1, 4), (1, 600), (2, 0), (0, 0), (0, 0), (2, 0)], 8),
        Input([(1, Size - 16), (0, 0)], 8),
        Input([(0, 0), (1, 9), (0, 0)], 32, 8, 3, 8),
        Input([(2, 0), (0, 0)], 40, 16, 0, 4, 16),
        Input([(1, 8), (0x8103, 0x0010), (0, 0)], 8),
    ];

    public override int MostBytes => 1 + (MostSteps * StepBytes) + Size;

    public override bool Run(byte[] input, Probe probe)
    {
        GuestSlice memory = _region.GetHostSlice();
        memory.Fill(Around);
        int steps = Math.Min(input.Length == 0 ? 0 : input[0] % (MostSteps + 1), (input.Length - 1) / StepBytes);
        ReadOnlySpan<byte> content = input.AsSpan(Math.Min(input.Length, 1 + (Math.Max(steps, 0) * StepBytes)));
        memory.Slice(Lead, Size).Fill(0);
        memory.CopyFrom(Lead, content[..Math.Min(content.Length, Size)]);
        bool hasWorked = false;
        for (int i = 0; i < steps; i++)
        {
            memory.CopyTo(0, _before);
            hasWorked |= Step(input.AsSpan(1 + (i * StepBytes), StepBytes), probe);
            memory.CopyTo(0, _after);
            FuzzFailureException.Require(
                !_after.AsSpan(0, (int)Lead).ContainsAnyExcept(Around)
                    && !_after.AsSpan((int)Lead + Size).ContainsAnyExcept(Around),
                "Something outside of the buffer has changed.");
            CheckStep(probe);
        }

        return hasWorked;
    }

    public override void Dispose()
    {
        _region.Dispose();
        base.Dispose();
    }

    private bool Step(ReadOnlySpan<byte> step, Probe probe)
    {
        ushort operand = BinaryPrimitives.ReadUInt16LittleEndian(step[2..]);
        _isPush = false;
        _popped = -1;
        _refused = false;
        switch (step[0] % 4)
        {
            case 0:
                _refused = !probe.Try<ProtocolException>("Pop", MostAllocated, () => _popped = _stack.Pop(_message));
                FuzzFailureException.Require(_popped == NaivePop(out _back), $"Pop gives {_popped} bytes.");
                probe.Saw("popped", (ulong)Math.Max(0, _popped));
                return !_refused;
            case 1:
                var pushed = new byte[operand % (Size + 1)];
                pushed.AsSpan().Fill(0x5a);
                if (pushed.Length >= sizeof(uint))
                    BinaryPrimitives.WriteInt32LittleEndian(pushed, pushed.Length - sizeof(uint));

                ulong pointer = Word(_before, 0);
                bool hasRoom = pointer is >= GuestStack.Empty and <= Size && (ulong)pushed.Length + 8 <= Size - pointer;
                _refused = !probe.Try<ProtocolException>("Push", MostAllocated, () => _stack.Push(pushed));
                FuzzFailureException.Require(_refused != hasRoom, $"A push of {pushed.Length} bytes at 0x{pointer:x} is wrong.");
                _isPush = !_refused;
                _pushed = pushed;
                return _isPush;
            case 2:
                long room = -1;
                _refused = !probe.Try<ProtocolException>("RoomForMessage", MostAllocated, () => room = _stack.RoomForMessage);
                FuzzFailureException.Require(
                    _refused || room == Size - (long)Word(_before, 0) - 8, $"There is room for {room} bytes.");
                FuzzFailureException.Require(_stack.IsEmpty == (Word(_before, 0) == GuestStack.Empty), "IsEmpty is wrong.");
                return !_refused;
            default:
                // Signed, so that words near 2^64 come up too; odd ones far down, as sizes of messages.
                ulong value = (ulong)(short)operand;
                _region.GetHostSlice().Write(Lead + (step[1] % (Size / 8ul) * 8), (step[0] & 0x80) != 0 ? value & 0xff : value);
                _region.GetHostSlice().CopyTo(0, _before);
                return false;
        }
    }

    private bool _isPush;
    private bool _refused;
    private int _popped;
    private ulong _back;
    private byte[] _pushed = [];

    /// <summary>What the memory has to be after a step.</summary>
    private void CheckStep(Probe probe)
    {
        Span<byte> before = _before.AsSpan((int)Lead, Size);
        Span<byte> after = _after.AsSpan((int)Lead, Size);
        int pointer = (int)Math.Min(Word(_before, 0), Size);
        if (_popped >= 0)
        {
            int back = (int)_back;
            FuzzFailureException.Require(
                _message.AsSpan(0, _popped).SequenceEqual(before.Slice(back, _popped)), "What is popped was not there.");
            before[back..pointer].Clear();
            BinaryPrimitives.WriteUInt64LittleEndian(before, _back);
        }
        else if (_isPush)
        {
            _pushed.CopyTo(before[pointer..]);
            BinaryPrimitives.WriteUInt64LittleEndian(before[(pointer + _pushed.Length)..], (ulong)pointer);
            BinaryPrimitives.WriteUInt64LittleEndian(before, (ulong)(pointer + _pushed.Length + 8));
        }

        FuzzFailureException.Require(before.SequenceEqual(after), "The buffer is not as it should be after a step.");
        probe.Saw("pointer", Word(_after, 0));
    }

    /// <summary>How many bytes the top message has; less than 0 where it has to be refused.</summary>
    private int NaivePop(out ulong back)
    {
        back = 0;
        ulong pointer = Word(_before, 0);
        if (pointer < 16 || pointer > Size)
            return -1;

        back = Word(_before, pointer - 8);
        if (back < 8 || back > pointer - 16)
            return -1;

        ulong length = 4 + (ulong)BinaryPrimitives.ReadUInt32LittleEndian(_before.AsSpan((int)(Lead + back)));
        return length > pointer - 8 - back ? -1 : (int)length;
    }

    private static ulong Word(byte[] memory, ulong at)
        => BinaryPrimitives.ReadUInt64LittleEndian(memory.AsSpan((int)(Lead + at)));

    private static byte[] Input((int Operation, int Operand)[] steps, params ulong[] words)
    {
        var input = new List<byte> { (byte)steps.Length };
        foreach ((int operation, int operand) in steps)
            input.AddRange([(byte)operation, (byte)(operation >> 8), (byte)operand, (byte)(operand >> 8)]);

        foreach (ulong word in words)
            input.AddRange(BitConverter.GetBytes(word));

        return [.. input];
    }
}
