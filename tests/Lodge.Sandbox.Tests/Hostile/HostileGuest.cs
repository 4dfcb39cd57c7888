namespace Lodge.Sandbox.Tests;

/// <summary>Sandboxes of the guest that does what no guest may, and what is known of them.</summary>
internal static class HostileGuest
{
    // Where the seed lies that is another after each restore.
    private const int ReseedDistance = 0x28;

    /// <summary>The software engine, or KVM where LODGE_HOSTILE_ENGINE says <c>kvm</c>.</summary>
    public static IMachineEngine Engine { get; } = Environment.GetEnvironmentVariable("LODGE_HOSTILE_ENGINE") == "kvm"
        ? Machines.Machines.Kvm
        : Machines.Machines.Software;

    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "guests", "hostile.elf");

    public static Sandbox Create(Action<SandboxOptions>? configure = null)
        => Sandbox.Create(Path, options => Configure(options, configure));

    public static Sandbox Create(Snapshot snapshot)
        => Sandbox.Create(snapshot, static options => Configure(options, null));

    /// <summary>Calls, and sorts what comes of it; what is not documented is thrown on.</summary>
    public static Outcomes Call(Sandbox sandbox, Attack attack)
    {
        using var source = new CancellationTokenSource();
        if (attack.CancelAfter is { } delay)
            source.CancelAfter(delay);

        try
        {
            if (attack.Expected == Outcomes.OtherType)
                sandbox.Call<string>(attack.Function, attack.Timeout, source.Token, attack.Arguments);
            else
                sandbox.Call<GuestValue>(attack.Function, attack.Timeout, source.Token, attack.Arguments);

            return Outcomes.Value;
        }
        catch (GuestErrorException)
        {
            return Outcomes.Error;
        }
        catch (InvalidCastException)
        {
            return Outcomes.OtherType;
        }
        catch (GuestCrashedException)
        {
            return Outcomes.Crashed;
        }
        catch (GuestAbortedException)
        {
            return Outcomes.Aborted;
        }
        catch (GuestTimeoutException)
        {
            return Outcomes.TimedOut;
        }
        catch (OperationCanceledException)
        {
            return Outcomes.Cancelled;
        }
    }

    /// <summary>Scratch memory, without the seed.</summary>
    public static byte[] ScratchOf(Sandbox sandbox)
    {
        GuestRange scratch = sandbox.Layout.Scratch;
        var bytes = new byte[scratch.Length];
        sandbox.PhysicalMemory.ReadExactly(scratch.Start, bytes);
        bytes.AsSpan(bytes.Length - ReseedDistance, sizeof(ulong)).Clear();
        return bytes;
    }

    private static void Configure(SandboxOptions options, Action<SandboxOptions>? configure)
    {
        options.Engine = Engine;
        options.AddHostFunction("Add", static (int a, int b) => a + b);
        options.AddHostFunction("Join", static (string a, byte[] b, double c, bool d, ulong e) => $"{a}{b.Length}{c}{d}{e}");
        options.AddHostFunction("Fail", static void () => throw new InvalidTimeZoneException("on purpose"));
        configure?.Invoke(options);
    }
}
