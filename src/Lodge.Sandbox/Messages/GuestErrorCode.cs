namespace Lodge.Sandbox;

/// <summary>The errors that guests report. A guest may send other numbers too.</summary>
public enum GuestErrorCode : ulong
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>A parameter has a type that the guest does not know.</summary>
    UnsupportedParameterType = 2,

    /// <summary>The call names no function.</summary>
    FunctionNameMissing = 3,

    /// <summary>The guest has no such function.</summary>
    FunctionNotFound = 4,

    /// <summary>The function takes another number of parameters.</summary>
    WrongParameterCount = 5,

    /// <summary>The guest has not said where calls go.</summary>
    DispatchFunctionNotSet = 6,

    /// <summary>A port was not to be used so.</summary>
    PortError = 7,

    /// <summary>Something else.</summary>
    Unknown = 8,

    /// <summary>The stack was found damaged.</summary>
    StackCheckFailed = 10,

    /// <summary>The guest has more functions than it can keep.</summary>
    TooManyFunctions = 11,

    /// <summary>There was no memory.</summary>
    AllocationFailed = 12,

    /// <summary>There was no memory, and the guest could not go on.</summary>
    FatalAllocationFailed = 13,

    /// <summary>A parameter has another type than the function takes.</summary>
    ParameterTypeMismatch = 14,

    /// <summary>The function reported an error of its own.</summary>
    GuestReported = 15,

    /// <summary>Bytes came without their length.</summary>
    ArrayLengthMissing = 16,

    /// <summary>A function of the host failed.</summary>
    HostFunctionFailed = 17,
}
