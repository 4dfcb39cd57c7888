using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Lodge.Sandbox;

/// <summary>Runs a guest until it is done, and does what it asks for on the way.</summary>
internal sealed class GuestRunner
{
    private const int MostProblemChars = 1024;

    private readonly GuestMachine _machine;
    private readonly IReadOnlyDictionary<string, HostFunction> _functions;
    private readonly GuestOutput _output;
    private readonly ILogger? _logger;
    private readonly SandboxLimits _limits;
    private readonly AbortMessage _abort = new();
    private readonly GuestValue[] _arguments = new GuestValue[MessageFormat.MostParameters];
    private readonly byte[] _message;
    private int _prepared;
    private long _logRecords;
    private long _loggedBytes;
    private long _printed;

    public GuestRunner(
        GuestMachine machine,
        IReadOnlyDictionary<string, HostFunction> functions,
        GuestOutput output,
        ILogger? logger,
        SandboxLimits limits)
    {
        _machine = machine;
        _functions = functions;
        _output = output;
        _logger = logger;
        _limits = limits;
        _message = new byte[Math.Max(machine.Scratch.Input.MostMessageBytes, machine.Scratch.Output.MostMessageBytes)];
    }

    /// <summary>What the last function of the host that failed has thrown.</summary>
    public Exception? HostFailure { get; private set; }

    /// <summary>Writes a call of a function of the guest, which <see cref="Call"/> makes then.</summary>
    /// <exception cref="ArgumentException">The arguments do not fit into the buffer; nothing has happened.</exception>
    public void Prepare(string function, ReadOnlySpan<GuestValue> arguments, GuestType wanted)
    {
        Span<byte> message = _message.AsSpan(0, _machine.Scratch.Input.MostMessageBytes);
        _prepared = new MessageWriter(message).WriteCall(function, arguments, wanted);
    }

    /// <summary>Makes the call that was written.</summary>
    /// <exception cref="SandboxException">There is no result.</exception>
    public GuestValue Call(GuestEntry entry, string function, CallDeadline deadline)
    {
        _machine.Scratch.Input.Push(_message.AsSpan(0, _prepared));
        _machine.BeginCall(entry);
        Run(deadline);
        GuestValue result = MessageReader.ReadResult(PopMessage(), out GuestError? error);
        RequireEmptyBuffers();
        if (error is not null)
            throw new GuestErrorException(function, error, error.Code == GuestErrorCode.HostFunctionFailed ? HostFailure : null);

        return result;
    }

    /// <summary>Forgets what is left of the calls before.</summary>
    public void Reset()
    {
        _output.Reset();
        HostFailure = null;
    }

    /// <summary>Runs until the guest says that it is done.</summary>
    public void Run(CallDeadline deadline)
    {
        _abort.Clear();
        HostFailure = null;
        _logRecords = 0;
        _loggedBytes = 0;
        _printed = 0;
        while (true)
        {
            VmExit exit = _machine.Cpu.Run();
            switch (exit.Kind)
            {
                case VmExitKind.PortOut when exit.Port == GuestPorts.Halt:
                    return;
                case VmExitKind.PortOut:
                    Serve(exit, deadline);
                    break;
                case VmExitKind.Cancelled when !deadline.IsDue:
                    // Meant for an earlier call, which had ended.
                    break;
                case VmExitKind.Cancelled:
                    throw Late(deadline, TimeSpan.Zero);
                default:
                    throw Crash(exit);
            }
        }
    }

    /// <summary>Sees to it that the guest has left nothing behind.</summary>
    public void RequireEmptyBuffers()
    {
        if (!_machine.Scratch.Input.IsEmpty || !_machine.Scratch.Output.IsEmpty)
            ProtocolException.Throw("The guest has left messages in its buffers.");
    }

    private void Serve(in VmExit exit, CallDeadline deadline)
    {
        switch (exit.Port)
        {
            case GuestPorts.HostCall:
                ServeCall(deadline);
                break;
            case GuestPorts.Log:
                if (++_logRecords > _limits.LogRecordsPerCall)
                    ProtocolException.Throw($"The guest logged more than {_limits.LogRecordsPerCall} records in one call.");

                ReadOnlySpan<byte> record = PopMessage();
                _loggedBytes += record.Length;
                if (_loggedBytes > _limits.LoggedBytesPerCall)
                    ProtocolException.Throw($"The guest logged more than {_limits.LoggedBytesPerCall} bytes in one call.");

                _output.Log(record);
                break;
            case GuestPorts.Print:
                if (++_printed > _limits.PrintedBytesPerCall)
                    ProtocolException.Throw($"The guest printed more than {_limits.PrintedBytesPerCall} bytes in one call.");

                _output.Print((byte)exit.Value);
                break;
            case GuestPorts.Abort:
                if (_abort.Add((uint)exit.Value))
                    throw Aborted();

                break;
            case >= GuestPorts.FirstTrace and <= GuestPorts.Timer:
                break;
            default:
                throw Crash(exit);
        }
    }

    private ReadOnlySpan<byte> PopMessage()
    {
        GuestStack output = _machine.Scratch.Output;
        return _message.AsSpan(0, output.Pop(_message.AsSpan(0, output.MostMessageBytes)));
    }

    private void ServeCall(CallDeadline deadline)
    {
        FunctionCall call = MessageReader.ReadCall(PopMessage(), _arguments);
        string? problem = null;
        GuestValue result = default;
        try
        {
            if (!_functions.TryGetValue(call.Name, out HostFunction? function))
                problem = $"The host has no function {call.Name}.";
            else
                result = function.Invoke(_arguments.AsSpan(0, call.Count), call.ResultType, deadline.Token);
        }
        catch (Exception failure)
        {
            // Whatever it is, it is the guest's to deal with; who called the guest hears of it if the guest gives up for it.
            HostFailure = failure is System.Reflection.TargetInvocationException { InnerException: { } inner } ? inner : failure;
            problem = FailureText.Of(HostFailure);
        }
        finally
        {
            Array.Clear(_arguments);
        }

        if (deadline.IsDue)
        {
            TimeSpan overrun = deadline.SinceDue;
            if (_logger is not null)
                SandboxLog.Overrun(_logger, call.Name, overrun);

            throw Late(deadline, overrun);
        }

        GuestStack input = _machine.Scratch.Input;
        long room = Math.Clamp(input.RoomForMessage, 0, input.MostMessageBytes);
        int length = WriteAnswer(_message.AsSpan(0, (int)room), result, problem);
        input.Push(_message.AsSpan(0, length));
    }

    /// <summary>Writes what a function of the host has returned, or what is wrong: also that there is no room for
    /// it.</summary>
    private int WriteAnswer(Span<byte> message, GuestValue result, string? problem)
    {
        if (problem is null)
        {
            try
            {
                return new MessageWriter(message).WriteResult(result);
            }
            catch (ArgumentException tooLong)
            {
                HostFailure = tooLong;
                problem = tooLong.Message;
            }
        }

        try
        {
            return new MessageWriter(message).WriteError(GuestErrorCode.HostFunctionFailed, Shorten(problem));
        }
        catch (ArgumentException)
        {
            throw new ProtocolException($"The guest has left no room in its input buffer for an answer: {message.Length} bytes.");
        }
    }

    // Short enough for the smallest of buffers.
    private static string Shorten(string text) => text.Length <= MostProblemChars ? text : text[..MostProblemChars];

    private GuestAbortedException Aborted()
    {
        string what = _abort.Vector is { } vector
            ? $"at the processor's exception {vector.ToString(CultureInfo.InvariantCulture)}"
            : $"with {GuestErrorException.Describe(_abort.Code)}";
        string text = _abort.Text;
        GuestPosition position = GuestPosition.OfAbort(_machine, _abort.Vector);
        string address = position.FaultAddress is { } fault ? $", for the address {fault}" : "";
        return new GuestAbortedException(
            $"The guest aborted {what}, at {position.Location}{address}{(text.Length == 0 ? "." : ": " + text)}",
            _abort.Code,
            _abort.Vector,
            text,
            position);
    }

    private GuestCrashedException Crash(in VmExit exit)
    {
        GuestLocation location = _machine.Locate();
        return new GuestCrashedException($"The guest was stopped at {location}: {exit}.", location);
    }

    private Exception Late(CallDeadline deadline, TimeSpan overrun)
        => deadline.WasAsked
            ? new OperationCanceledException("The call was cancelled while the guest ran.", deadline.Asked)
            : TimedOut(deadline.Timeout, overrun, _machine.Locate());

    private static string Describe(TimeSpan time)
        => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.###} ms");

    private static GuestTimeoutException TimedOut(TimeSpan timeout, TimeSpan overrun, GuestLocation location)
        => new(
            $"The guest did not end within {Describe(timeout)} and was stopped at {location}"
                + (overrun == TimeSpan.Zero ? "." : $"; a function of the host ran on for {Describe(overrun)}."),
            overrun,
            location);
}
