using Lodge.Dumps;

namespace Lodge.Sandbox;

/// <summary>What an exception that ends a guest is to a debugger.</summary>
internal static class Death
{
    // Of Linux on x86-64.
    private const int Interrupt = 2;
    private const int IllegalInstruction = 4;
    private const int Trap = 5;
    private const int Abort = 6;
    private const int BusError = 7;
    private const int FloatingPoint = 8;
    private const int Kill = 9;
    private const int SegmentationFault = 11;
    private const int TooMuchTime = 24;
    private const int BadSystemCall = 31;

    public static DeathCause Of(Exception death) => new()
    {
        Text = FailureText.Of(death),
        Signal = death switch
        {
            GuestAbortedException abort => SignalOf(abort.Vector),
            GuestTimeoutException => TooMuchTime,
            OperationCanceledException => Interrupt,
            GuestCrashedException { InnerException: ProtocolException } => BadSystemCall,
            _ => Kill,
        },
        FaultAddress = death is GuestAbortedException { FaultAddress: { } address } ? address : null,
    };

    // As Linux has them for processes.
    private static int SignalOf(byte? vector) => vector switch
    {
        null => Abort,
        0 or 16 or 19 => FloatingPoint,
        1 or 3 => Trap,
        6 => IllegalInstruction,
        12 or 17 => BusError,
        _ => SegmentationFault,
    };
}
