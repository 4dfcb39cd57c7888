using System.Runtime.InteropServices;
using Lodge.Machines.Interop;
using Microsoft.Win32.SafeHandles;

namespace Lodge.Machines;

/// <summary>What a guest can change of a vCPU and no member of the contract sets: model-specific registers, extended control
/// registers, events that wait.</summary>
internal sealed unsafe class KvmHiddenState
{
    private const int HeaderBytes = 8;
    private const int EntryBytes = 16;

    // KVM has about a hundred.
    private const int MostMsrs = 4096;

    // What not every KVM lists, and guests can write (Intel SDM, volume 4): the memory types, and the banks of machine checks.
    private static readonly uint[] Unlisted =
    [
        Msr.TscAux, .. Numbers(0x200, 16), 0x250, 0x258, 0x259, .. Numbers(0x268, 8), 0x2FF, .. Numbers(0x400, 4 * 32),
    ];

    // Of one kind of processor the same for every vCPU of the process.
    private static volatile uint[]? Writable;

    private readonly byte[] _msrs;
    private readonly int _msrCount;
    private readonly bool _hasXcrs;
    private kvm_xcrs _xcrs;
    private kvm_vcpu_events _events;

    /// <summary>The state of a vCPU that no guest has run on.</summary>
    public KvmHiddenState(SafeFileHandle cpu, KvmSystem system)
    {
        uint[] indices = Writable ??= FindWritable(cpu, system.MsrIndices());
        _msrs = ListOf(indices);
        _msrCount = Get(cpu, KvmIoctl.KVM_GET_MSRS, _msrs, "read model-specific registers (KVM_GET_MSRS)");
        MemoryMarshal.Write(_msrs, _msrCount);
        _hasXcrs = system.HasXcrs;
        if (_hasXcrs)
            KvmIoctls.Do(cpu, KvmIoctl.KVM_GET_XCRS, ref _xcrs, "read the extended control registers (KVM_GET_XCRS)");

        KvmIoctls.Do(cpu, KvmIoctl.KVM_GET_VCPU_EVENTS, ref _events, "read a vCPU's events (KVM_GET_VCPU_EVENTS)");
    }

    /// <summary>Gives it back to the vCPU.</summary>
    /// <exception cref="MachineException">KVM does not take it.</exception>
    public void ApplyTo(SafeFileHandle cpu)
    {
        const string Attempt = "set model-specific registers (KVM_SET_MSRS)";
        int done = Get(cpu, KvmIoctl.KVM_SET_MSRS, _msrs, Attempt);
        if (done != _msrCount)
        {
            uint refused = MemoryMarshal.Read<uint>(_msrs.AsSpan(HeaderBytes + (done * EntryBytes)));
            throw new MachineException($"KVM does not take back what it said of the model-specific register 0x{refused:x}.");
        }

        if (_hasXcrs)
            KvmIoctls.Do(cpu, KvmIoctl.KVM_SET_XCRS, ref _xcrs, "set the extended control registers (KVM_SET_XCRS)");

        KvmIoctls.Do(cpu, KvmIoctl.KVM_SET_VCPU_EVENTS, ref _events, "set a vCPU's events (KVM_SET_VCPU_EVENTS)");
    }

    /// <summary>Those that a vCPU has and takes back. What the system registers set is left to them: the order counts
    /// there.</summary>
    private static uint[] FindWritable(SafeFileHandle cpu, uint[] indices)
    {
        var found = new List<uint>();
        foreach (uint index in indices.Union(Unlisted).Except([Msr.Efer, Msr.FsBase, Msr.GsBase, Msr.ApicBase]))
        {
            byte[] one = ListOf([index]);
            if (TryOne(KvmIoctl.KVM_GET_MSRS) && TryOne(KvmIoctl.KVM_SET_MSRS))
                found.Add(index);

            bool TryOne(uint request) => Get(cpu, request, one, $"try the model-specific register 0x{index:x}") == 1;
        }

        return [.. found];
    }

    private static IEnumerable<uint> Numbers(uint first, int count) => Enumerable.Range(0, count).Select(i => first + (uint)i);

    private static byte[] ListOf(uint[] indices)
    {
        var list = new byte[HeaderBytes + (indices.Length * EntryBytes)];
        MemoryMarshal.Write(list, indices.Length);
        for (int i = 0; i < indices.Length; i++)
            MemoryMarshal.Write(list.AsSpan(HeaderBytes + (i * EntryBytes)), indices[i]);

        return list;
    }

    // In bounds: the list begins with how many entries it has.
    private static int Get(SafeFileHandle cpu, uint request, byte[] list, string attempt)
        => KvmIoctls.Get(cpu, request, ref list[0], attempt);

    /// <summary>The model-specific registers that KVM keeps for guests.</summary>
    public static uint[] Indices(SafeFileHandle device)
    {
        // The first time it only says how many there are.
        var list = new byte[HeaderBytes / 2];
        for (int attempt = 0; attempt < 2; attempt++)
        {
            // In bounds: the list begins with how many entries there is room for.
            fixed (byte* p = list)
            {
                if (Libc.ioctl(device, KvmIoctl.KVM_GET_MSR_INDEX_LIST, p) == 0)
                    return MemoryMarshal.Cast<byte, uint>(list.AsSpan(sizeof(uint)))[..MemoryMarshal.Read<int>(list)].ToArray();
            }

            int errno = Marshal.GetLastPInvokeError();
            int count = MemoryMarshal.Read<int>(list);
            if (errno != Errno.E2BIG || count is < 0 or > MostMsrs)
                throw new MachineException("ask for the model-specific registers (KVM_GET_MSR_INDEX_LIST)", errno);

            list = new byte[sizeof(uint) + (count * sizeof(uint))];
            MemoryMarshal.Write(list, count);
        }

        throw new MachineException("KVM does not say which model-specific registers there are.");
    }
}
