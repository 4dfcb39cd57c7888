using System.Diagnostics;

namespace Lodge.Machines;

/// <content>Model-specific registers and the time.</content>
internal sealed unsafe partial class Processor
{
    private const uint Misc = 0x1A0;
    private const uint MtrrCapabilities = 0xFE;
    private const uint MtrrDefaultType = 0x2FF;
    private const uint ApicBase = 0x1B;

    private ulong _star;
    private ulong _lstar;
    private ulong _cstar;
    private ulong _syscallMask;
    private ulong _sysenterCs;
    private ulong _sysenterEsp;
    private ulong _sysenterEip;
    private ulong _tscAux;
    private ulong _tscOffset;

    internal bool TryGetMsr(uint index, out ulong value)
    {
        switch (index)
        {
            case Msr.TimeStampCounter:
                value = TimeStamp;
                return true;
            case ApicBase:
                value = _system.ApicBase;
                return true;
            case Msr.SysenterCs:
                value = _sysenterCs;
                return true;
            case Msr.SysenterEsp:
                value = _sysenterEsp;
                return true;
            case Msr.SysenterEip:
                value = _sysenterEip;
                return true;
            case Msr.Pat:
                value = _pat;
                return true;
            case Msr.Efer:
                value = _system.Efer;
                return true;
            case Msr.Star:
                value = _star;
                return true;
            case Msr.Lstar:
                value = _lstar;
                return true;
            case Msr.Cstar:
                value = _cstar;
                return true;
            case Msr.SyscallMask:
                value = _syscallMask;
                return true;
            case Msr.FsBase:
                value = _registers[RegisterFile.FsBase];
                return true;
            case Msr.GsBase:
                value = _registers[RegisterFile.GsBase];
                return true;
            case Msr.KernelGsBase:
                value = _kernelGsBase;
                return true;
            case Msr.TscAux:
                value = _tscAux;
                return true;
            case Misc or MtrrCapabilities or MtrrDefaultType:
                value = 0;
                return true;
            default:
                value = 0;
                return false;
        }
    }

    internal bool TrySetMsr(uint index, ulong value)
    {
        switch (index)
        {
            case Msr.TimeStampCounter:
                _tscOffset += value - TimeStamp;
                return true;
            case ApicBase:
                _system.ApicBase = value;
                return true;
            case Msr.SysenterCs:
                _sysenterCs = (uint)value;
                return true;
            case Msr.SysenterEsp:
                return TrySetAddress(ref _sysenterEsp, value);
            case Msr.SysenterEip:
                return TrySetAddress(ref _sysenterEip, value);
            case Msr.Pat:
                return TrySetPat(value);
            case Msr.Efer:
                return TrySetEfer(value);
            case Msr.Star:
                _star = value;
                return true;
            case Msr.Lstar:
                return TrySetAddress(ref _lstar, value);
            case Msr.Cstar:
                return TrySetAddress(ref _cstar, value);
            case Msr.SyscallMask:
                return TrySetNarrow(ref _syscallMask, value);
            case Msr.FsBase:
                return TrySetAddress(ref _registers[RegisterFile.FsBase], value);
            case Msr.GsBase:
                return TrySetAddress(ref _registers[RegisterFile.GsBase], value);
            case Msr.KernelGsBase:
                return TrySetAddress(ref _kernelGsBase, value);
            case Msr.TscAux:
                return TrySetNarrow(ref _tscAux, value);
            case Misc or MtrrDefaultType:
                return value == 0;
            default:
                return false;
        }
    }

    /// <summary>Makes what only instructions change as it was at first.</summary>
    internal void ResetHiddenState()
    {
        GiveUpAccess();
        _pendingInterrupt = -1;
        _interruptShadow = false;
        _star = _lstar = _cstar = _syscallMask = _kernelGsBase = 0;
        _sysenterCs = _sysenterEsp = _sysenterEip = 0;
        _tscAux = _tscOffset = 0;
        if (_pat != X64Options.DefaultPat)
            TrySetPat(X64Options.DefaultPat);
    }

    /// <summary>The time-stamp counter: nanoseconds of the host's clock, or instructions where time is to be
    /// deterministic.</summary>
    internal ulong TimeStamp => _tscOffset + (_options.DeterministicTime ? _executed : HostTime());

    private static ulong HostTime()
        => (ulong)(Stopwatch.GetTimestamp() * (1_000_000_000.0 / Stopwatch.Frequency));

    private bool TrySetAddress(ref ulong register, ulong value)
    {
        if (!IsCanonical(value))
            return false;

        register = value;
        return true;
    }

    private static bool TrySetNarrow(ref ulong register, ulong value)
    {
        if (value >> 32 != 0)
            return false;

        register = value;
        return true;
    }

    private bool TrySetPat(ulong value)
    {
        for (int entry = 0; entry < 8; entry++)
        {
            if ((byte)(value >> (8 * entry)) is 2 or 3 or > 7)
                return false;
        }

        _pat = value;
        UpdateRegime();
        return true;
    }
}
