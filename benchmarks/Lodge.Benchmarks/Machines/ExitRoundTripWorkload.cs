using Lodge.Benchmarks.Quick;
using Lodge.Machines;
using Lodge.Machines.Tests;

namespace Lodge.Benchmarks.Machines;

/// <summary>From the host into the guest, one <c>out</c> and one jump, and back.</summary>
internal sealed class ExitRoundTripWorkload : Workload
{
    private const int Count = 200;

    // out dx, al; jmp back
    private static readonly byte[] Code = [0xEE, 0xEB, 0xFD];

    private readonly BareGuest _guest;

    public ExitRoundTripWorkload(IMachineEngine engine)
    {
        _guest = new BareGuest(engine);
        _guest.Start(Code);
    }

    public override long OperationsPerBatch => Count;

    public override string WorkingSet => "a loop of two instructions";

    public override ulong RunBatch()
    {
        IVirtualCpu cpu = _guest.Cpu;
        ulong sum = 0;
        for (int i = 0; i < Count; i++)
        {
            VmExit exit = cpu.Run();
            if (exit.Kind != VmExitKind.PortOut)
                throw new InvalidOperationException($"A port was to be written, and came {exit}.");

            sum += exit.Value;
        }

        return sum;
    }

    public override void Dispose() => _guest.Dispose();
}
