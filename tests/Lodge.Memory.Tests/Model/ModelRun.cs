namespace Lodge.Memory.Tests.Model;

/// <summary>Two generated layouts and a row of generated operations on them, each done on every path and compared with the oracle.</summary>
internal sealed partial class ModelRun : IDisposable
{
    private readonly Random _random;
    private readonly Side[] _sides;
    private readonly Action[] _operations;
    private Side _side;
    private string _what = "";

    public ModelRun(int seed)
    {
        _random = new Random(seed);
        _sides = [new Side(_random), new Side(_random)];
        _side = _sides[0];
        _operations =
        [
            Typed<byte>, Typed<ushort>, Typed<int>, Typed<ulong>, Typed<Int128>, Typed<Wire24>, Typed<LittleEndian<uint>>,
            Typed<double>, Typed<BigEndian<UInt128>>,
            Some, Some, Some, Exactly, Exactly, Fill, IndexOf, Text, ReadText, Copy, Copy, Copy,
            Cell<float>, Cell<LittleEndian<ulong>>, Cell<BigEndian<ushort>>, Cell<sbyte>,
            Atomic<byte>, Atomic<short>, Atomic<uint>, Atomic<ulong>, Atomic<long>,
            Word, Word, Slices, Slices, Accessible, FindRegion, ChangeMap,
        ];
    }

    /// <summary>Does so many operations, and looks at everything in the end.</summary>
    public void Run(int operations)
    {
        int number = 0;
        try
        {
            for (; number < operations; number++)
            {
                _side = _sides[_random.Next(4) == 0 ? 1 : 0];
                _what = "";
                _operations[_random.Next(_operations.Length)]();
            }

            _what = "in the end";
            foreach (Side side in _sides)
                side.CompareAll(_what);
        }
        catch (Exception exception)
        {
            throw new ModelMismatchException(
                $"Operation {number}, {_what}:{Environment.NewLine}{exception}{Environment.NewLine}"
                + $"first layout, {_sides[0]}{Environment.NewLine}second layout, {_sides[1]}");
        }
    }

    public void Dispose()
    {
        foreach (Side side in _sides)
            side.Dispose();
    }

    private ByteOracle Oracle => _side.Oracle;

    // The forms that throw cost much more time than the others and have little of their own.
    private bool IsThrowing() => _random.Next(12) == 0;

    private byte[] NextBytes(int length)
    {
        byte[] bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }

    private void Expect<T>(T expected, T actual, IAccessPath path, string aspect)
        => Side.Expect(expected, actual, $"{path.Name}: {aspect} of {_what}");

    private void ExpectBytes(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual, IAccessPath path)
    {
        if (!expected.SequenceEqual(actual))
        {
            throw new ModelMismatchException(
                $"{path.Name}: bytes of {_what}, from byte {expected.CommonPrefixLength(actual)} of {expected.Length} on");
        }
    }

    private static AccessFault FaultOf(Action access)
    {
        try
        {
            access();
            return default;
        }
        catch (GuestMemoryException exception)
        {
            Side.Expect(exception.Fault.ToString(), exception.Message, "the exception's message");
            return exception.Fault;
        }
    }
}
