namespace Lodge.Memory.Tests.Model;

// Copies within a map and from one to the other.
internal sealed partial class ModelRun
{
    private void Copy()
    {
        Side source = _side;
        Side destination = _random.Next(3) == 0 ? _sides[_random.Next(2)] : source;
        ulong from = source.NextAddress();
        ulong length = source.NextLength(from, MemoryAccess.Read);
        ulong to = NextTarget(source, destination, from, length);
        bool isThrowing = IsThrowing();
        _what = $"copy of 0x{length:x} bytes from 0x{from:x} to 0x{to:x} {(source == destination ? "in" : "out of")} the map";

        AccessFault expected = source.Oracle.Check(from, length, MemoryAccess.Read);
        if (expected.Kind == FaultKind.None)
            expected = destination.Oracle.Check(to, length, MemoryAccess.Write);

        for (int i = 0; i < source.Paths.Length; i++)
        {
            IAccessPath path = source.Paths[i];

            // What lies under a view is the same space as the view.
            IAddressSpace target = i == 2 && length % 2 == 0 ? destination.Worlds[i].Map : destination.Paths[i].Space;
            AccessFault fault;
            if (isThrowing)
                fault = FaultOf(() => path.Space.Copy(from, target, to, length));
            else
                Expect(expected.Kind == FaultKind.None, TryCopy(path.Space, from, target, to, length, out fault), path, "success");

            Expect(expected, fault, path, "fault");
        }

        if (expected.Kind == FaultKind.None)
            destination.Oracle.Write(to, source.Oracle.Read(from, (int)length));

        destination.CompareBytes(to, length, _what);
    }

    // Mostly overlapping, in either direction, where it is the same map.
    private ulong NextTarget(Side source, Side destination, ulong from, ulong length)
    {
        int distance = _random.Next(1, 20_000);
        return source != destination ? destination.NextAddress() : _random.Next(5) switch
        {
            0 => destination.NextAddress(),
            1 => unchecked(from + (ulong)_random.Next(-20, 20)),
            2 => unchecked(from + (length / 2)),
            3 => unchecked(from - (length / 2)),
            _ => unchecked(from + (ulong)(_random.Next(2) == 0 ? distance : -distance)),
        };
    }

    private static bool TryCopy(
        IAddressSpace source, ulong from, IAddressSpace destination, ulong to, ulong length, out AccessFault fault)
        => ReferenceEquals(source, destination)
            ? source.TryCopy(from, to, length, out fault)
            : source.TryCopy(from, destination, to, length, out fault);
}
