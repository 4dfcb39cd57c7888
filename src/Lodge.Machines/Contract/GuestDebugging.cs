namespace Lodge.Machines;

/// <summary>Where a vCPU stops for the host's debugger. The guest notices nothing.</summary>
public sealed record GuestDebugging
{
    /// <summary>How many breakpoints there can be, as the processor has registers for.</summary>
    public const int MostBreakpoints = 4;

    private readonly IReadOnlyList<GuestAddress> _breakpoints = [];

    /// <summary>Stop after each instruction.</summary>
    public bool SingleStep { get; init; }

    /// <summary>Stop at the guest's <c>int3</c> instructions, before they are executed, instead of handing them to the
    /// guest.</summary>
    public bool SoftwareBreakpoints { get; init; }

    /// <summary>Stop before the instructions at these guest-virtual addresses are executed. To run on, take the breakpoint out
    /// for a single step.</summary>
    /// <exception cref="ArgumentException">There are more than <see cref="MostBreakpoints"/>.</exception>
    public IReadOnlyList<GuestAddress> Breakpoints
    {
        get => _breakpoints;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            if (value.Count > MostBreakpoints)
            {
                throw new ArgumentException(
                    $"There are at most {MostBreakpoints} breakpoints, not {value.Count}.", nameof(value));
            }


            _breakpoints = [.. value];
        }
    }
}
