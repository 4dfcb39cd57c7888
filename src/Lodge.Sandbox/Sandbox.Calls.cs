namespace Lodge.Sandbox;

public sealed partial class Sandbox
{
    /// <summary>Calls a function of the guest.</summary>
    /// <typeparam name="T">The type of the result, one that a <see cref="GuestValue"/> can hold; or <see cref="GuestValue"/>
    /// itself.</typeparam>
    /// <param name="function">The function's name.</param>
    /// <param name="arguments">Up to 16 arguments, whose types have to be those that the function takes.</param>
    /// <exception cref="GuestErrorException">The function ended in an error, or there is none.</exception>
    /// <exception cref="SandboxException">The guest did not come to an end; the sandbox is poisoned.</exception>
    /// <exception cref="InvalidCastException">The result has another type.</exception>
    /// <exception cref="InvalidOperationException">Another call runs, or the sandbox is not ready.</exception>
    /// <exception cref="ArgumentException">The arguments do not fit into the buffer to the guest, or there are too
    /// many.</exception>
    public T Call<T>(string function, params ReadOnlySpan<GuestValue> arguments)
        => Call(function, TypeOf<T>(), _callTimeout, arguments, CancellationToken.None).As<T>();

    /// <summary>Calls a function of the guest that has no result.</summary>
    /// <inheritdoc cref="Call{T}(string, ReadOnlySpan{GuestValue})"/>
    public void Call(string function, params ReadOnlySpan<GuestValue> arguments)
        => Call(function, GuestType.Void, _callTimeout, arguments, CancellationToken.None);

    /// <summary>Calls a function of the guest, and stops it when somebody says so, or time is up.</summary>
    /// <param name="function">The function's name.</param>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="cancellationToken">Says that it is to be stopped. A function of the host that runs then is told so, and the
    /// call returns when it has returned.</param>
    /// <param name="arguments">Up to 16 arguments.</param>
    /// <exception cref="OperationCanceledException">It was stopped; the sandbox is poisoned.</exception>
    /// <exception cref="GuestTimeoutException">Time was up; the sandbox is poisoned.</exception>
    /// <inheritdoc cref="Call{T}(string, ReadOnlySpan{GuestValue})"/>
    public T Call<T>(
        string function, TimeSpan timeout, CancellationToken cancellationToken, params ReadOnlySpan<GuestValue> arguments)
        => Call(function, TypeOf<T>(), timeout, arguments, cancellationToken).As<T>();

    /// <summary>Calls a function of the guest that has no result, and stops it when somebody says so, or time is up.</summary>
    /// <inheritdoc cref="Call{T}(string, TimeSpan, CancellationToken, ReadOnlySpan{GuestValue})"/>
    public void Call(
        string function, TimeSpan timeout, CancellationToken cancellationToken, params ReadOnlySpan<GuestValue> arguments)
        => Call(function, GuestType.Void, timeout, arguments, cancellationToken);

    /// <summary>Calls a function of the guest on a thread of its own.</summary>
    /// <param name="function">The function's name.</param>
    /// <param name="arguments">Up to 16 arguments.</param>
    /// <param name="cancellationToken">Says that it is to be stopped.</param>
    /// <inheritdoc cref="Call{T}(string, ReadOnlySpan{GuestValue})"/>
    public Task<T> CallAsync<T>(string function, GuestValue[] arguments, CancellationToken cancellationToken = default)
        => CallAsync<T>(function, arguments, _callTimeout, cancellationToken);

    /// <summary>Calls a function of the guest on a thread of its own, and stops it when somebody says so, or time is
    /// up.</summary>
    /// <param name="function">The function's name.</param>
    /// <param name="arguments">Up to 16 arguments.</param>
    /// <param name="timeout">How long it may take, from the moment when its thread begins.</param>
    /// <param name="cancellationToken">Says that it is to be stopped.</param>
    /// <inheritdoc cref="Call{T}(string, TimeSpan, CancellationToken, ReadOnlySpan{GuestValue})"/>
    public Task<T> CallAsync<T>(
        string function, GuestValue[] arguments, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        return Task.Factory.StartNew(
            () => Call<T>(function, timeout, cancellationToken, arguments),
            cancellationToken,
            TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
            TaskScheduler.Default);
    }

    /// <summary>Calls a function of the guest that has no result, on a thread of its own.</summary>
    /// <inheritdoc cref="CallAsync{T}(string, GuestValue[], CancellationToken)"/>
    public Task CallAsync(string function, GuestValue[] arguments, CancellationToken cancellationToken = default)
        => CallAsync<GuestValue>(function, arguments, _callTimeout, cancellationToken);

    /// <summary>Calls a function of the guest that has no result, on a thread of its own, and stops it when somebody says so, or
    /// time is up.</summary>
    /// <inheritdoc cref="CallAsync{T}(string, GuestValue[], TimeSpan, CancellationToken)"/>
    public Task CallAsync(
        string function, GuestValue[] arguments, TimeSpan timeout, CancellationToken cancellationToken = default)
        => CallAsync<GuestValue>(function, arguments, timeout, cancellationToken);

    private GuestValue Call(
        string function,
        GuestType wanted,
        TimeSpan timeout,
        ReadOnlySpan<GuestValue> arguments,
        CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(function);
        SandboxOptions.RequireTimeout(timeout, nameof(timeout));
        RequireArguments(arguments);
        using Busy busy = Enter();
        RequireReady();
        cancellationToken.ThrowIfCancellationRequested();
        _runner.Prepare(function, arguments, wanted);
        using var deadline = new CallDeadline(_machine.Cpu, timeout, cancellationToken);
        bool isReady = false;
        try
        {
            GuestValue result = _runner.Call(_entry, function, deadline);
            isReady = true;
            return result;
        }
        catch (GuestErrorException)
        {
            isReady = true;
            throw;
        }
        catch (ProtocolException violation)
        {
            throw Bury(Broken(violation));
        }
        catch (Exception death)
        {
            Bury(death);
            throw;
        }
        finally
        {
            if (!isReady)
                Status = SandboxStatus.Poisoned;
        }
    }

    private GuestCrashedException Broken(ProtocolException violation)
        => Broken(violation, _machine.Locate());

    private static GuestCrashedException Broken(ProtocolException violation, GuestLocation location)
        => new($"The guest broke the rules at {location}: {violation.Message}", location, violation);

    private static GuestType TypeOf<T>()
    {
        if (typeof(T) == typeof(GuestValue))
            return GuestType.Void;

        return GuestValue.TryGetType(typeof(T), out GuestType type)
            ? type
            : throw new NotSupportedException($"Guests do not know the type {typeof(T).Name}.");
    }

    private static void RequireArguments(ReadOnlySpan<GuestValue> arguments)
    {
        if (arguments.Length > MessageFormat.MostParameters)
        {
            throw new ArgumentException(
                $"There are {arguments.Length} arguments, and {MessageFormat.MostParameters} is the most.", nameof(arguments));
        }

        foreach (GuestValue argument in arguments)
        {
            if (argument.Type == GuestType.Void)
                throw new ArgumentException("An argument has no value.", nameof(arguments));
        }
    }

    private void RequireReady()
    {
        if (Status != SandboxStatus.Ready)
        {
            throw new InvalidOperationException(
                Status == SandboxStatus.Poisoned
                    ? "The sandbox is poisoned by an earlier call: restore it from a snapshot."
                    : "The sandbox cannot be used any more: dispose of it.");
        }
    }

    private Busy Enter()
    {
        int use = Interlocked.CompareExchange(ref _use, Called, Free);
        if (use != Free)
        {
            ObjectDisposedException.ThrowIf(use == Closed, this);
            throw new InvalidOperationException("Another call runs in the sandbox.");
        }

        // Whoever comes in may change the guest's page tables.
        Volatile.Write(ref _virtualMemory, null);

        return new Busy(this);
    }

    private readonly ref struct Busy(Sandbox sandbox)
    {
        public void Dispose() => sandbox.Leave();
    }
}
