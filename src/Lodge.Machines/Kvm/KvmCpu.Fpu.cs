using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Lodge.Machines.Interop;

namespace Lodge.Machines;

// All by way of the XSAVE area: KVM's own structure for the FPU (KVM_GET_FPU) leaves MXCSR out, and what is set with it is lost
// where the processor has the state marked as initial.
internal sealed unsafe partial class KvmCpu
{
    /// <summary>The bytes of KVM_GET_XSAVE's area, and of KVM_GET_XSAVE2's where it is not larger.</summary>
    public const int UsualXsaveSize = 4096;

    private const int LegacyBytes = 512;
    private const int HeaderBytes = 64;
    private const int StatesOffset = LegacyBytes;
    private const int CompactionOffset = LegacyBytes + 8;
    private const ulong X87AndSse = 3;

    private byte[]? _xsave;

    public int XsaveSize { get; }

    public FpuRegisters FpuRegisters
    {
        get
        {
            PrepareToRead();
            return XsaveArea.GetFpu(ReadXsave());
        }

        set
        {
            PrepareToRead();
            byte[] area = ReadXsave();
            XsaveArea.SetFpu(area, value);
            ulong states = BinaryPrimitives.ReadUInt64LittleEndian(area.AsSpan(StatesOffset));
            BinaryPrimitives.WriteUInt64LittleEndian(area.AsSpan(StatesOffset), states | X87AndSse);
            if (!TryWriteXsave())
                throw new ArgumentException($"MXCSR 0x{value.Mxcsr:x} has bits that the processor does not know.", nameof(value));
        }
    }

    public void GetXsave(Span<byte> destination)
    {
        if (destination.Length < XsaveSize)
        {
            throw new ArgumentException(
                $"The area of this vCPU has {XsaveSize} bytes, and there are {destination.Length}.", nameof(destination));
        }

        PrepareToRead();
        ReadXsave().CopyTo(destination);
    }

    public void SetXsave(ReadOnlySpan<byte> source)
    {
        if (source.Length < LegacyBytes + HeaderBytes)
        {
            throw new ArgumentException(
                $"An XSAVE area has at least {LegacyBytes + HeaderBytes} bytes, and there are {source.Length}.", nameof(source));
        }

        if (source.Length > XsaveSize && source[XsaveSize..].ContainsAnyExcept((byte)0))
            throw new ArgumentException($"The area has more than the {XsaveSize} bytes that this vCPU knows.", nameof(source));

        ulong states = BinaryPrimitives.ReadUInt64LittleEndian(source[StatesOffset..]);
        if (BinaryPrimitives.ReadUInt64LittleEndian(source[CompactionOffset..]) != 0)
            throw new ArgumentException("The area is in XSAVE's compacted format and not in the standard one.", nameof(source));

        ThrowUnlessComplete(states, source.Length);
        PrepareToRead();
        _xsave ??= new byte[XsaveSize];
        int length = Math.Min(source.Length, XsaveSize);
        source[..length].CopyTo(_xsave);
        _xsave.AsSpan(length).Clear();
        if (!TryWriteXsave())
        {
            throw new ArgumentException(
                $"The area has states (0x{states:x}) that this vCPU does not know, or reserved bits set.", nameof(source));
        }
    }

    /// <summary>Where a state lies in the standard format is told by leaf 0xD of CPUID (Intel SDM, volume 1, 13.2).</summary>
    private void ThrowUnlessComplete(ulong states, int length)
    {
        foreach (kvm_cpuid_entry2 state in _cpuid)
        {
            if (state.function == 0xD && state.index is >= 2 and < 64 && (states >> (int)state.index & 1) != 0
                && (ulong)state.ebx + state.eax > (ulong)length)
            {
                throw new ArgumentException(
                    $"The area claims to have state {state.index}, which ends at byte {state.ebx + state.eax}, but has {length} "
                    + "bytes.");
            }
        }
    }

    private byte[] ReadXsave()
    {
        _xsave ??= new byte[XsaveSize];
        uint request = XsaveSize > UsualXsaveSize ? KvmIoctl.KVM_GET_XSAVE2 : KvmIoctl.KVM_GET_XSAVE;
        KvmIoctls.Do(_cpu, request, ref _xsave[0], "read the FPU's state (KVM_GET_XSAVE)");
        return _xsave;
    }

    private bool TryWriteXsave()
    {
        // In bounds: KVM reads as many bytes as it told at first, and the array has those.
        fixed (byte* p = _xsave)
        {
            if (Libc.ioctl(_cpu, KvmIoctl.KVM_SET_XSAVE, p) == 0)
                return true;
        }

        int errno = Marshal.GetLastPInvokeError();
        return errno == Errno.EINVAL ? false : throw new MachineException("set the FPU's state (KVM_SET_XSAVE)", errno);
    }
}
